"""Converts errors of the operating system and of pyarrow into ConfigurationError."""

from __future__ import annotations

import re

from proxyaddr.errors import ConfigurationError, visible

__all__ = ["unreadable", "unwritable"]

_SYSTEM = re.compile(r"\[errno \d+\] (.+)$", re.IGNORECASE)
"""How pyarrow quotes an error of the operating system."""


def unreadable(name: str, kind: str, error: Exception) -> ConfigurationError:
    """Return the error for an input that can't be read in its format."""
    return ConfigurationError("unreadable-file", f"cannot be read as {kind}: {_reason(error)}", source=name)


def unwritable(name: str, error: Exception) -> ConfigurationError:
    """Return the error for an output that can't be written."""
    return ConfigurationError("unwritable-file", f"cannot be written: {_reason(error)}", source=name)


def _reason(error: Exception) -> str:
    stated = error.strerror if isinstance(error, OSError) else None
    text = " ".join((stated or str(error)).split())
    quoted = _SYSTEM.search(text)
    return visible(quoted[1] if quoted else text)
