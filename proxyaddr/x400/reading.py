"""Attributes of an O/R address as they are read: the rules they break, and the components they make."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from proxyaddr.errors import AddressSyntaxError, Finding, Span
from proxyaddr.x400.keywords import ATTRIBUTES, EXCHANGE_ORDER, PERSONAL_NAME, Form, compared
from proxyaddr.x400.text import Attribute

__all__ = [
    "DDA_TYPE_MAX_LENGTH",
    "DDA_VALUE_MAX_LENGTH",
    "LIMITS",
    "MAX_UNITS",
    "PERSONAL",
    "Reading",
    "findings",
    "no_country",
    "read_address",
]


LIMITS = {"A": 16, "P": 16, "O": 64, "OU": 32, "S": 40, "G": 16, "I": 5, "Q": 3, "X121": 15}
"""Most characters of a value (Q118563, Q160947)."""

DDA_TYPE_MAX_LENGTH = 8

DDA_VALUE_MAX_LENGTH = 128
"""Of a domain-defined attribute (Q118563)."""

MAX_UNITS = 4
"""OU1 to OU4 (Q118563)."""

PERSONAL = {"S", "G", "PN", "CN", "DDA", "X121", "N-ID"}
"""One of these names the person or the terminal (Q178537)."""

_COUNTRY = re.compile(r"[A-Za-z]{2}|[0-9]{3}")

_UNIT = re.compile(r"ou([1-4])")

_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")


def findings(value: str, *, space: bool = False) -> tuple[Finding, ...]:
    """Judge an O/R address in the form with semicolons or slashes; nothing when it keeps the rules.

    Names C (Q146032) and a surname or another personal attribute (Q178537), knows every keyword, has no empty value
    (Q145585; a blank ADMD is one blank), keeps the limits and the characters of Q118563. An address `space` may name as
    little as it likes, with `*` for any value.
    """
    try:
        read = read_address(value, Form.EXCHANGE, space=space)
    except AddressSyntaxError as error:
        return (Finding(error.code, error.message, error.span),)
    found = [*read.problems, *read.unfinished((0, len(value)))]
    if space:
        return tuple(found)
    if not read.seen("C"):
        found.append(no_country(value))
    if not any(map(read.seen, PERSONAL)):
        found.append(Finding("x400-no-surname", "an O/R address of a person needs a surname, s= (Q178537)", None))
    return (*found, *read.unprintable)


class Reading:
    """Attributes as they are taken, the rules they break, and what still waits for its other half."""

    def __init__(self, *, space: bool = False, repeats_units: bool = False) -> None:
        self.single: dict[str, str] = {}
        self.problems: list[Finding] = []
        self.unprintable: list[Finding] = []
        self._units: dict[int, str] = {}
        self._ddas: dict[str, tuple[str, str]] = {}
        self._waiting: deque[tuple[str, Span | None]] = deque()
        self._named: set[str] = set()
        self._space = space
        self._repeats_units = repeats_units

    def add(self, attribute: Attribute) -> None:
        """Take one attribute as written: its keyword in any case and any spelling."""
        keyword, value, span = attribute.keyword.lower(), attribute.value, attribute.span
        if value is None:
            self._object("x400-unknown-keyword", "an attribute is a keyword, '=' and a value", span)
        elif keyword.startswith(("dda:", "dd.")):
            self.take_dda(
                attribute.keyword[keyword.index(":" if keyword.startswith("dda:") else ".") + 1 :], value, span
            )
        elif keyword == "dda":
            dda_type, _, text = value.partition(":")
            self.take_dda(dda_type, text, span)
        elif keyword in ("dda.type", "ddat"):
            self._waiting.append((value, span))
        elif keyword in ("dda.value", "ddav"):
            self._take_dda_value(value, span)
        elif keyword == "pn":
            self._take_personal_name(value, span)
        elif keyword == "ou" and self._repeats_units:
            self.take_unit(len(self._units) + 1, value, span, keyword)
        elif keyword == "ou" or (keyword in ATTRIBUTES and _UNIT.fullmatch(keyword)):
            self.take_unit(int(keyword[2:] or 1), value, span, "ou" if keyword == "ou" else "oun")
        elif keyword in ATTRIBUTES:
            self.take(ATTRIBUTES[keyword], value, span)
        else:
            near = ", without a blank before '='" if keyword.strip() in ATTRIBUTES else ""
            self._object("x400-unknown-keyword", f"not a keyword of an O/R address{near}", span)

    def take(self, key: str, value: str, span: Span | None) -> None:
        """Take the value of an attribute that stands there once."""
        text = value.strip()
        if key == "A" and not text and (value or self._space):
            text = " "
        if self._judge(key, text, span, repeated=key in self.single):
            self.single[key] = text

    def take_unit(self, number: int, value: str, span: Span | None, spelling: str = "oun") -> None:
        """Take an organizational unit; `ou` and `ou1` to `ou4` do not mix, and no number is left out."""
        text = value.strip()
        if number > MAX_UNITS:
            self._object("x400-too-many-units", f"an O/R address has at most {MAX_UNITS} OU (Q118563)", span)
        elif self._units and spelling not in self._named:
            self._object("x400-mixed-units", "ou= does not stand beside ou1= to ou4=", span)
        elif self._judge("OU", text, span, repeated=number in self._units):
            self._units[number] = text
        self._named.add(spelling)

    def take_dda(self, dda_type: str, value: str, span: Span | None) -> None:
        """Take a domain-defined attribute; a type stands there once."""
        kind, text = dda_type.strip(), value.strip()
        key = compared(kind)
        if not kind or not text:
            self._object("x400-empty-value", "a domain-defined attribute has a type and a value (Q145585)", span)
        elif len(kind) > DDA_TYPE_MAX_LENGTH and not self._wild(kind):
            self._object("x400-too-long", f"a DDA type has at most {DDA_TYPE_MAX_LENGTH} characters (Q118563)", span)
        elif len(text) > DDA_VALUE_MAX_LENGTH and not self._wild(text):
            self._object("x400-too-long", f"a DDA value has at most {DDA_VALUE_MAX_LENGTH} characters (Q118563)", span)
        elif key in self._ddas:
            self._object("x400-repeated-keyword", f"the DDA type {kind} stands there twice", span)
        self._ddas.setdefault(key, (kind, text))

    def unfinished(self, whole: Span) -> Iterator[Finding]:
        """Yield what is only known at the end: units left out, DDA types without a value, no attribute at all."""
        for number in range(1, max(self._units, default=0)):
            if number not in self._units:
                yield Finding("x400-unit-left-out", f"ou{number} is missing before a later one", whole)
                return
        for _, span in self._waiting:
            yield Finding("x400-empty-value", "a DDA type has no value after it (Q145585)", span)

    def seen(self, key: str) -> bool:
        """Tell whether an attribute stands there, with a good value or a bad one."""
        return key in self._named or (key == "DDA" and bool(self._ddas))

    def reverse_units(self) -> None:
        """Turn units written least significant first around (RFC 2156)."""
        if "ou" in self._named:
            self._units = dict(enumerate([name for _, name in sorted(self._units.items(), reverse=True)], 1))

    def components(self) -> Mapping[str, str | list[str] | Mapping[str, str]]:
        """Return what was taken, in the order of Exchange."""
        found: dict[str, str | list[str] | Mapping[str, str]] = dict(self.single)
        if self._units:
            found["OU"] = [name for _, name in sorted(self._units.items())]
        if self._ddas:
            found["DDA"] = MappingProxyType(dict(self._ddas.values()))
        return MappingProxyType({key: found[key] for key in EXCHANGE_ORDER if key in found})

    def _take_dda_value(self, value: str, span: Span | None) -> None:
        text = value.strip()
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = text[1:-1]
        if self._waiting:
            self.take_dda(self._waiting.popleft()[0], text, span)
        else:
            self._object("x400-empty-value", "a DDA value has no type before it (Q145585)", span)

    def _take_personal_name(self, value: str, span: Span | None) -> None:
        """PN is given.initials.surname; it stands beside none of them (facts exchange55)."""
        name = PERSONAL_NAME.fullmatch(value.strip())
        if name is None:
            self._object("x400-empty-value", "PN has no value (Q145585)", span)
            return
        given, initials, surname = name.groups()
        for key, text in (("G", given), ("I", initials.replace(".", "")), ("S", surname)):
            if text:
                self.take(key, text, span)
            elif key in self.single:
                self._object("x400-repeated-keyword", f"PN does not stand beside {key}", span)
            self._named.add(key)

    def _judge(self, key: str, text: str, span: Span | None, *, repeated: bool) -> bool:
        """Note the rule that a value breaks; tell whether it is the first of its attribute."""
        if repeated or (key in {"G", "I"} and key in self._named and key not in self.single):  # left out of a PN
            self._object("x400-repeated-keyword", f"{key} stands there twice, or beside PN", span)
        elif not text:
            self._object("x400-empty-value", f"{key} has no value (Q145585)", span)
        elif key == "C" and not _COUNTRY.fullmatch(text) and not self._wild(text):
            self._object("x400-country", "C is two letters or three digits (Q118563)", span)
        elif len(text) > LIMITS.get(key, len(text)) and not self._wild(text):
            self._object("x400-too-long", f"{key} has at most {LIMITS[key]} characters (Q118563)", span)
        elif not _PRINTABLE.fullmatch(text):
            message = f"{key} holds more than letters, digits and '()+,-./:=? (Q118563)"
            self.unprintable.append(Finding("x400-charset", message, span))
        self._named.add(key)
        return not repeated

    def _wild(self, text: str) -> bool:
        return self._space and "*" in text

    def _object(self, code: str, message: str, span: Span | None) -> None:
        self.problems.append(Finding(code, message, span))


def read_address(text: str, form: Form, *, space: bool = False) -> Reading:
    """Return the attributes of an O/R address in a form; AddressSyntaxError where its text has no such form."""
    from proxyaddr.x400.text import read_attributes  # noqa: PLC0415 - loads lark

    reading = Reading(space=space, repeats_units=form is Form.RFC2156)
    for attribute in read_attributes(text, form.value):
        reading.add(attribute)
    return reading


def no_country(text: str) -> Finding:
    """Return the finding for an address that names no country."""
    return Finding("x400-no-country", "an O/R address names its country, c= (Q146032)", (0, len(text)))
