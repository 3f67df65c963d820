"""To lines: the transformer of grammar/recipients.lark; each piece of a line is then read as a one-off address."""

from __future__ import annotations

from lark import Token, Transformer

from proxyaddr._text.grammar import Grammar
from proxyaddr.addresses import one_off
from proxyaddr.addresses.item_limit import item_counter
from proxyaddr.addresses.lists import ParsedList
from proxyaddr.addresses.values import OneOffAddress
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.limits import Limits

__all__ = ["read_recipients"]


def read_recipients(text: str, limits: Limits) -> ParsedList[OneOffAddress]:
    """Return the addresses of a To line and the errors of its bad items; spans are in the whole line.

    AddressSyntaxError for more items than the limits allow.
    """
    good: list[OneOffAddress] = []
    bad: list[AddressSyntaxError] = []
    for token in _RECIPIENTS.parse(text, "recipients", item_counter(text, limits, _ITEM_STARTS)):
        start = token.start_pos
        try:
            limits.check_address(token)
            good.append(one_off.read_one_off(str(token)))
        except AddressSyntaxError as error:
            span = (error.span[0] + start, error.span[1] + start)
            bad.append(AddressSyntaxError(error.code, error.message, text, span, error.expected))
    return ParsedList(good, bad)


class _RecipientsTransformer(Transformer[Token, list[Token]]):
    """Returns the pieces of a To line as tokens, which know their places."""

    def recipients(self, pieces: list[Token]) -> list[Token]:
        """recipients: RECIPIENT (SEPARATOR RECIPIENT)*."""
        return pieces


_ITEM_STARTS = frozenset({"RECIPIENT"})
_RECIPIENTS = Grammar("recipients.lark", ("recipients",), _RecipientsTransformer(), {})
