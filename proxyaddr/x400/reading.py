"""Builds O/R addresses from their attributes, and reports the rules that the attributes break."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from proxyaddr._text.types import TRIMMED
from proxyaddr.errors import AddressSyntaxError, Finding, Span
from proxyaddr.x400.ddas import RepeatedDDAs
from proxyaddr.x400.keywords import (
    ATTRIBUTES,
    DDA_KEYWORD_PREFIXES,
    DDA_TYPE_KEYWORDS,
    DDA_TYPE_MAX_LENGTH,
    DDA_VALUE_KEYWORDS,
    DDA_VALUE_MAX_LENGTH,
    EXCHANGE_ORDER,
    MAX_UNITS,
    PERSONAL_NAME,
    POSTAL,
    POSTAL_ATTRIBUTE,
    RULES,
    Form,
    compared,
)

__all__ = ["AddressBuilder", "findings", "no_country", "read_address"]

_KEYWORD = "|".join(map(re.escape, ATTRIBUTES))
_COUNTRY = re.compile(r"[A-Za-z]{2}|[0-9]{3}")
_COUNTRY_OF_SPACE = re.compile(r"[A-Za-z%]{2}|[0-9%]{3}")
_UNIT = re.compile(r"ou([1-4])?")
_WITHOUT_SLASH = re.compile(rf"\s*(?:X\.?400\s*:\s*)?(?:{_KEYWORD})=[^;/]*/\s*(?:{_KEYWORD})=[^;]*", re.IGNORECASE)
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")


def findings(value: str, *, space: bool = False) -> tuple[Finding, ...]:
    """Return the rules that an O/R address breaks, in the form with semicolons or slashes; nothing for a good one.

    A good one names C (Q146032) and a surname or another personal attribute (Q178537), has no unknown keyword and no
    empty value (Q145585; a blank ADMD is one blank), and keeps the limits and the characters of Q118563. An address
    `space` may leave out any attribute, and may have `*` for any value and `%` for any character.
    """
    try:
        read = read_address(value, Form.EXCHANGE, space=space)
    except AddressSyntaxError as error:
        return (Finding(error.code, error.message, error.span),)
    found = [*read.problems, *read.unfinished((0, len(value)))]
    if space:
        return tuple(found)
    if not read.has("C"):
        found.append(no_country(value))
    if not any(read.has(name) for name, rules in RULES.items() if rules.names_person):
        found.append(Finding("x400-no-surname", "an O/R address of a person needs a surname, s= (Q178537)", None))
    return (*found, *read.unprintable)


def read_address(text: str, form: Form, *, space: bool = False) -> AddressBuilder:
    """Return a builder that has the attributes of a text; AddressSyntaxError where the text is not in the form."""
    from proxyaddr.x400.text import read_attributes  # noqa: PLC0415 - loads lark

    if not space and _WITHOUT_SLASH.fullmatch(text):
        message = "attributes that are separated by '/' begin with one: the leading slash is missing"
        raise AddressSyntaxError("x400-no-leading-slash", message, text, (0, len(text)), ("'/'",))
    builder = AddressBuilder(space=space, repeats_units=form is Form.RFC2156, repeats_ddas=form is Form.RFC1685)
    for attribute in read_attributes(text, form):
        builder.add(*attribute)
    return builder


def no_country(text: str) -> Finding:
    """Return the finding for an address that names no country."""
    return Finding("x400-no-country", "an O/R address names its country, c= (Q146032)", (0, len(text)))


class AddressBuilder:
    """Takes the attributes of an O/R address one by one, and returns its components.

    `single` holds attributes that have one value, by name; `problems` the rules that were broken; `unprintable` values
    with characters outside the PrintableString. In the address of a `space` a value may hold `*`. With `repeats_units`
    each `OU` is the next unit, as in RFC 2156; with `repeats_ddas` an address may have several of one type, as in
    RFC 1685.
    """

    def __init__(self, *, space: bool = False, repeats_units: bool = False, repeats_ddas: bool = False) -> None:
        self.single: dict[str, str] = {}
        self.problems: list[Finding] = []
        self.unprintable: list[Finding] = []
        self._units: dict[int, str] = {}
        self._ddas: list[tuple[str, str]] = []
        self._dda_kinds: dict[str, str] = {}  # as compared, to the first spelling
        self._dda_types: deque[tuple[str, Span | None]] = deque()  # those whose value is still to come
        self._named: set[str] = set()  # attributes with a good value or a bad one; `ou` or `oun` for units
        self._space = space
        self._repeats_units = repeats_units
        self._repeats_ddas = repeats_ddas

    def add(self, written_keyword: str, value: str | None, span: Span | None) -> None:
        """Add an attribute by its keyword in any case and any spelling; `value` is None where it has no `=`."""
        keyword = written_keyword.lower()
        if value is None:
            self._report("x400-unknown-keyword", "an attribute is a keyword, '=' and a value", span)
        elif prefix := next(filter(keyword.startswith, DDA_KEYWORD_PREFIXES), None):
            self.add_dda(written_keyword[len(prefix) :], value, span)
        elif keyword == "dda":
            dda_type, _, text = value.partition(":")
            self.add_dda(dda_type, text, span)
        elif keyword in DDA_TYPE_KEYWORDS:
            self._dda_types.append((value, span))
        elif keyword in DDA_VALUE_KEYWORDS:
            self._add_dda_value(value, span)
        elif keyword == "pn":
            self._add_personal_name(value, span)
        elif keyword == "ou" and self._repeats_units:
            self.add_unit(len(self._units) + 1, value, span, "ou")
        elif unit := _UNIT.fullmatch(keyword):
            self.add_unit(int(unit[1] or 1), value, span, "oun" if unit[1] else "ou")
        elif POSTAL_ATTRIBUTE.fullmatch(keyword):
            self.add_single(keyword.upper(), value, span)
        elif keyword in ATTRIBUTES:
            self.add_single(ATTRIBUTES[keyword], value, span)
        else:
            near = ", without a blank before '='" if keyword.strip() in ATTRIBUTES else ""
            self._report("x400-unknown-keyword", f"not a keyword of an O/R address{near}", span)

    def add_single(self, name: str, value: str, span: Span | None) -> None:
        """Add the value of an attribute that an address has once."""
        text = value.strip(TRIMMED)
        if name == "A" and not text and (value or self._space):
            text = " "
        if self._check(name, text, span, repeated=name in self.single):
            self.single[name] = text

    def add_unit(self, number: int, value: str, span: Span | None, spelling: str = "oun") -> None:
        """Add an organizational unit; `spelling` is `ou` or, for `ou1` to `ou4`, `oun`: an address has one of them."""
        text = value.strip(TRIMMED)
        if number > MAX_UNITS:
            self._report("x400-too-many-units", f"an O/R address has at most {MAX_UNITS} OU (Q118563)", span)
        elif self._units and spelling not in self._named:
            self._report("x400-mixed-units", "an address has ou= or ou1= to ou4=, not both", span)
        elif self._check("OU", text, span, repeated=number in self._units):
            self._units[number] = text
        self._named.add(spelling)

    def add_dda(self, dda_type: str, value: str, span: Span | None) -> None:
        """Add a domain-defined attribute; an address has one of each type, but in RFC 1685."""
        kind, text = dda_type.strip(TRIMMED), value.strip(TRIMMED)
        key = compared(kind)
        if not kind or not text:
            self._report("x400-empty-value", "a domain-defined attribute has a type and a value (Q145585)", span)
        elif len(kind) > DDA_TYPE_MAX_LENGTH and not self._has_wildcard(kind):
            self._report("x400-too-long", f"a DDA type has at most {DDA_TYPE_MAX_LENGTH} characters (Q118563)", span)
        elif len(text) > DDA_VALUE_MAX_LENGTH and not self._has_wildcard(text):
            self._report("x400-too-long", f"a DDA value has at most {DDA_VALUE_MAX_LENGTH} characters (Q118563)", span)
        elif key in self._dda_kinds and not self._repeats_ddas:
            self._report("x400-repeated-keyword", f"the address has more than one DDA of type {kind}", span)
        self._ddas.append((self._dda_kinds.setdefault(key, kind), text))

    def unfinished(self, whole: Span) -> Iterator[Finding]:
        """Yield the rules that only the whole address breaks: a unit left out, a DDA type without a value."""
        for number in range(1, max(self._units, default=0)):
            if number not in self._units:
                yield Finding("x400-unit-left-out", f"ou{number} is missing before a later one", whole)
                return
        for _, span in self._dda_types:
            yield Finding("x400-empty-value", "a DDA type has no value after it (Q145585)", span)

    def has(self, name: str) -> bool:
        """Return whether the address has an attribute, with a good value or a bad one."""
        if name == POSTAL:
            return any(POSTAL_ATTRIBUTE.fullmatch(named) for named in self._named)
        return name in self._named or (name == "DDA" and bool(self._ddas))

    def reverse_units(self) -> None:
        """Reverse the numbers of units that were written with the least significant first (RFC 2156)."""
        if "ou" in self._named:
            self._units = dict(enumerate([name for _, name in sorted(self._units.items(), reverse=True)], 1))

    def components(self) -> Mapping[str, str | list[str] | Mapping[str, str]]:
        """Return the attributes with their values, in the order of Exchange."""
        found: dict[str, str | list[str] | Mapping[str, str]] = dict(self.single)
        if self._units:
            found["OU"] = [name for _, name in sorted(self._units.items())]
        if self._ddas:
            pairs = tuple((kind, text) for kind, text in self._ddas)
            found["DDA"] = MappingProxyType(dict(pairs)) if len(self._dda_kinds) == len(pairs) else RepeatedDDAs(pairs)
        postal = sorted(filter(POSTAL_ATTRIBUTE.fullmatch, found))
        order = [one for name in EXCHANGE_ORDER for one in (postal if name == POSTAL else [name])]
        return MappingProxyType({name: found[name] for name in order if name in found})

    def _add_dda_value(self, value: str, span: Span | None) -> None:
        text = value.strip(TRIMMED)
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = text[1:-1]
        if self._dda_types:
            self.add_dda(self._dda_types.popleft()[0], text, span)
        else:
            self._report("x400-empty-value", "a DDA value has no type before it (Q145585)", span)

    def _add_personal_name(self, value: str, span: Span | None) -> None:
        """Add the parts of PN, which is given.initials.surname; an address has PN or them (facts exchange55)."""
        parts = PERSONAL_NAME.fullmatch(value.strip(TRIMMED))
        if parts is None:
            self._report("x400-empty-value", "PN has no value (Q145585)", span)
            return
        given, initials, surname = parts.groups()
        for name, text in (("G", given), ("I", initials.replace(".", "")), ("S", surname)):
            if text:
                self.add_single(name, text, span)
            elif name in self.single:
                self._report("x400-repeated-keyword", f"an address has PN or {name}, not both", span)
            self._named.add(name)

    def _check(self, name: str, text: str, span: Span | None, *, repeated: bool) -> bool:
        """Report the rule that a value breaks; return whether it is the first value of its attribute."""
        most = RULES[POSTAL if POSTAL_ATTRIBUTE.fullmatch(name) else name].max_length
        if repeated or (name in {"G", "I"} and name in self._named and name not in self.single):  # left out of a PN
            self._report("x400-repeated-keyword", f"the address has more than one {name}, or PN beside it", span)
        elif not text:
            self._report("x400-empty-value", f"{name} has no value (Q145585)", span)
        elif name == "C" and not self._names_country(text) and not self._has_wildcard(text):
            self._report("x400-country", "C is two letters or three digits (Q118563)", span)
        elif most is not None and len(text) > most and not self._has_wildcard(text):
            self._report("x400-too-long", f"{name} has at most {most} characters (Q118563)", span)
        elif not _PRINTABLE.fullmatch(text):
            message = f"{name} has a character that is not a letter, a digit or one of '()+,-./:=? (Q118563)"
            self.unprintable.append(Finding("x400-charset", message, span))
        self._named.add(name)
        return not repeated

    def _names_country(self, text: str) -> bool:
        return (_COUNTRY_OF_SPACE if self._space else _COUNTRY).fullmatch(text) is not None

    def _has_wildcard(self, text: str) -> bool:
        return self._space and "*" in text

    def _report(self, code: str, message: str, span: Span | None) -> None:
        self.problems.append(Finding(code, message, span))
