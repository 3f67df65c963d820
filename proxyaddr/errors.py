"""Errors and findings: what is wrong with an input, its code, and its place."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "WARNINGS",
    "AddressSyntaxError",
    "ConfigurationError",
    "Finding",
    "ProxyAddrError",
    "RowError",
    "Severity",
    "Span",
    "bad_rows",
    "caret",
    "check_text",
    "check_type",
    "quantity",
    "visible",
]

Span = tuple[int, int]
"""Half-open range of code points in the text that was given: (start, end)."""

Severity = Literal["error", "warning"]
"""How bad a finding is: an `error` where the product would refuse or misread the value, else a `warning`."""

WARNINGS = frozenset(
    {
        "unknown-type",
        "unknown-form",
        "surrounding-blanks",
        "surrounding-apostrophes",
        "mixed-case-prefix",
        "duplicate",
        "no-primary",
        "joined-lines",
        "type-differs",
        "refused-encapsulation",
        "guessed-dialect",
        "space-shadowed",
        "space-repeated",
        "cost-tie",
        "no-catch-all",
        "hybrid-domain-uncovered",
        "trailing-dot",
        "unknown-site",
    }
)
"""Codes of the findings that are warnings: the product takes the value. All others are errors."""

_WINDOW = 60
"""Code points shown on either side of the start of a span, so that a message stays short for any input."""

_LONGEST_CARET = 40


class ProxyAddrError(ValueError):
    """Base of every error that bad input raises.

    `code` is stable between releases; `message` is for people and may change.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return _visible_lines(self.message)


class AddressSyntaxError(ProxyAddrError):
    """A text that does not parse: what is wrong, at which place, and what was expected there.

    `text` is the whole input, `span` the offending part of it in code points, `expected` what could have stood there,
    `item` the index in the input when that was an iterable of texts. `str()` draws the place with a caret.
    """

    def __init__(
        self,
        code: str,
        message: str,
        text: str,
        span: Span,
        expected: tuple[str, ...] = (),
        item: int | None = None,
    ) -> None:
        ValueError.__init__(self, code, message, text, span, expected, item)
        self.code = code
        self.message = message
        self.text = text
        self.span = span
        self.expected = expected
        self.item = item

    def __str__(self) -> str:
        expected = f" (expected {' or '.join(self.expected)})" if self.expected else ""
        return f"{_visible_lines(self.message + expected)}\n{caret(self.text, self.span)}"


class ConfigurationError(ProxyAddrError):
    """Settings with which a connector or a routing table can not work.

    `setting` names the value, `source` the file and `line` its line, counted from 1, where there is one.
    """

    def __init__(
        self, code: str, message: str, setting: str | None = None, source: str | None = None, line: int | None = None
    ) -> None:
        ValueError.__init__(self, code, message, setting, source, line)
        self.code = code
        self.message = message
        self.setting = setting
        self.source = source
        self.line = line

    def __str__(self) -> str:
        return _located(self.message, self.source, self.line)


class RowError(ProxyAddrError):
    """One bad row of a file whose other rows are read: `line` counts from 1, `cause` is the error of its content."""

    def __init__(
        self, code: str, message: str, line: int, source: str | None = None, cause: ProxyAddrError | None = None
    ) -> None:
        ValueError.__init__(self, code, message, line, source, cause)
        self.code = code
        self.message = message
        self.line = line
        self.source = source
        self.cause = cause

    def __str__(self) -> str:
        return _located(self.message, self.source, self.line)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that parses but breaks a rule: stable `code`, `message` for people, `span` in the text or None.

    >>> Finding("duplicate", "the list holds this address already").severity
    'warning'
    """

    code: str
    message: str
    span: Span | None = None

    @property
    def severity(self) -> Severity:
        """`error` where the product would refuse or misread what was found, `warning` where it takes it."""
        return "warning" if self.code in WARNINGS else "error"


def caret(text: str, span: Span) -> str:
    """Return the text around a span and a line of carets below it, indented; unprintable characters are escaped."""
    start, end = span
    left, right = max(0, start - _WINDOW), min(len(text), start + _WINDOW)
    before = ("…" if left else "") + visible(text[left:start])
    after = visible(text[start:right]) + ("…" if right < len(text) else "")
    width = len(visible(text[start : min(end, right)]))
    return f"  {before}{after}\n  {' ' * len(before)}{'^' * max(1, min(width, _LONGEST_CARET))}"


def check_text(value: object, argument: str) -> None:
    """Raise TypeError, which names the argument, for a value that is no text."""
    check_type(value, str, argument, "text")


def check_type(value: object, kind: type, argument: str, what: str = "") -> None:
    """Raise TypeError, which names the argument, for a value of another type; `what` says the type in words."""
    if not isinstance(value, kind):
        raise TypeError(f"{argument} must be {what or f'of type {kind.__name__}'}, not {type(value).__name__}")


def quantity(count: int, what: str) -> str:
    """Return a count and what it counts: `1 route`, `3 routes`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def bad_rows(errors: Sized) -> list[str]:
    """Return the number of errors for a repr, such as `1 error`, in a list that is empty where there is none."""
    return [quantity(len(errors), "error")] if errors else []


def _located(message: str, source: str | None, line: int | None) -> str:
    place = ", ".join([*([visible(source)] if source else []), *([f"line {line}"] if line else [])])
    return _visible_lines(f"{place}: {message}" if place else message)


def _visible_lines(text: str) -> str:
    """Escape unprintable characters but line ends, which separate a message from the text below it."""
    return "\n".join(map(visible, text.split("\n")))


def visible(text: str) -> str:
    """Escape characters that would move the cursor or hide text on a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
