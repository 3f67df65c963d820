"""The errors of the rows of one file, which are kept in bounded memory: nearly all rows of a hostile file are bad."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from proxyaddr.errors import RowError, quantity
from proxyaddr.limits import Limits

__all__ = ["RowErrors", "with_bounded_errors"]

Row = TypeVar("Row")


class RowErrors:
    """The first errors of a file, as many as the limits allow; one more stands for all that come after them."""

    def __init__(self, source: str | None, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._kept: list[RowError] = []
        self._left_out = 0
        self._line = 0

    def add(self, error: RowError) -> bool:
        """Keep an error, or count it where there are too many; return whether it is kept."""
        if len(self._kept) < self._limits.file_errors:
            self._kept.append(error)
            return True
        self._line = self._line or error.line
        self._left_out += 1
        return False

    @property
    def of_others(self) -> list[RowError]:
        """The error that stands for those that are not kept, in a list that is empty where all are."""
        if not self._left_out:
            return []
        others = quantity(self._left_out, "more error")
        message = f"{others} from here on: at most {self._limits.file_errors} are listed; `limits=` allows more"
        return [RowError("more-errors", message, self._line, self._source)]

    def listed(self) -> list[RowError]:
        """Return the errors that are kept, then the one that stands for the others."""
        return [*self._kept, *self.of_others]


def with_bounded_errors(
    found: Iterable[Row | RowError], source: str | None, limits: Limits
) -> Iterator[Row | RowError]:
    """Yield rows and errors, of the errors as many as the limits allow, and at the end one for the others."""
    errors = RowErrors(source, limits)
    for entry in found:
        if not isinstance(entry, RowError) or errors.add(entry):
            yield entry
    yield from errors.of_others
