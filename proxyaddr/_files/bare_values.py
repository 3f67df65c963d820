"""Values that stand where an object is expected: an error, but for readers to which the value itself says enough."""

from __future__ import annotations

from proxyaddr.errors import RowError

__all__ = ["BareValueError", "not_an_object"]


class BareValueError(RowError):
    """The error of a value that is no object, with the `value`."""

    value: object = None


def not_an_object(value: object, number: int, line: int, source: str) -> BareValueError:
    """Return the error of the value that stands at the place of an object."""
    error = BareValueError("not-an-object", f"object {number}: expected an object with properties", line, source)
    error.value = value
    return error
