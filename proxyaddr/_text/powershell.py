"""Texts and commands for PowerShell: how a text is quoted, and the commands that add an address to a recipient."""

from __future__ import annotations

import re

__all__ = ["MAILBOX_COMMAND", "RECIPIENT_COMMANDS", "add_address", "quoted"]

MAILBOX_COMMAND = "Set-Mailbox"

RECIPIENT_COMMANDS = (MAILBOX_COMMAND, "Set-MailContact", "Set-RemoteMailbox")
"""The commands that take `-EmailAddresses @{Add=...}`, for a mailbox, a mail contact and a mailbox in the cloud."""

_APOSTROPHES = re.compile("['\u2018\u2019\u201a\u201b]")
"""Every character that PowerShell takes for an apostrophe."""


def quoted(text: str) -> str:
    """Return a text quoted for PowerShell, with apostrophes of every form that PowerShell accepts doubled."""
    return "'" + _APOSTROPHES.sub(r"\g<0>\g<0>", text) + "'"


def add_address(identity: str, address: str, *, command: str = MAILBOX_COMMAND, comment: str | None = None) -> str:
    """Return the line that adds an address to a recipient, both texts quoted; `comment` is put behind it.

    >>> add_address("jane", "smtp:j@contoso.com")
    "Set-Mailbox -Identity 'jane' -EmailAddresses @{Add='smtp:j@contoso.com'}"
    """
    line = f"{command} -Identity {quoted(identity)} -EmailAddresses @{{Add={quoted(address)}}}"
    return line if comment is None else f"{line}  # {comment}"
