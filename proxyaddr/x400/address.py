"""The value of an O/R address: its components, equal whatever the form in which it was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from proxyaddr._text.types import TRIMMED
from proxyaddr.errors import AddressSyntaxError, check_type
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.x400.ddas import RepeatedDDAs
from proxyaddr.x400.keywords import (
    DDA_VALUE_MAX_LENGTH,
    EXCHANGE_ORDER,
    POSTAL,
    POSTAL_ATTRIBUTE,
    Form,
    compared,
)
from proxyaddr.x400.reading import AddressBuilder, no_country, read_address
from proxyaddr.x400.writing import Part, write_address

__all__ = ["X400Address"]

_SINGLE = frozenset(EXCHANGE_ORDER) - {"OU", "DDA", POSTAL}


class X400Address:
    """An O/R address: `components` maps C A P O OU CN S G I Q X121 N-ID T-ID T-TY ISDN PSAP PD-... DDA to text.

    OU is a list, most significant first; a blank ADMD is one blank. DDA is a mapping from type to value, whose items
    may have a type more than once, as in RFC 1685. Two are equal when their attributes are, without case and with
    blanks collapsed; an absent ADMD equals a blank one (Q108732).
    Raises AddressSyntaxError for values that break the limits of Q118563.
    """

    __slots__ = ("_components",)
    __match_args__ = ("components",)

    def __init__(self, components: Mapping[str, str | Iterable[str] | Mapping[str, str]]) -> None:
        check_type(components, Mapping, "components")
        builder = AddressBuilder(repeats_ddas=isinstance(components.get("DDA"), RepeatedDDAs))
        for key, value in components.items():
            if key == "DDA" and isinstance(value, Mapping):
                for dda_type, text in value.items():
                    builder.add_dda(dda_type, text, None)
            elif key == "OU" and not isinstance(value, str | Mapping):
                for number, name in enumerate(value, 1):
                    builder.add_unit(number, name, None)
            elif (key in _SINGLE or POSTAL_ATTRIBUTE.fullmatch(key)) and isinstance(value, str):
                builder.add_single(key.upper(), value, None)
            else:
                raise TypeError(f"no component of an O/R address: {key!r} as {type(value).__name__}")
        if builder.problems:
            text = repr({key: str(value)[:DDA_VALUE_MAX_LENGTH] for key, value in components.items()})
            first = builder.problems[0]
            raise AddressSyntaxError(first.code, first.message, text, (0, len(text)))
        self._components = builder.components()

    @property
    def components(self) -> Mapping[str, str | list[str] | Mapping[str, str]]:
        """The attributes that are present, in the order of Exchange; OU is a list of its own at each call."""
        if "OU" not in self._components:
            return self._components
        return MappingProxyType(
            {key: part[:] if isinstance(part, list) else part for key, part in self._components.items()}
        )

    @classmethod
    def parse(cls, text: str, form: Form | str = Form.EXCHANGE, *, limits: Limits = DEFAULT_LIMITS) -> X400Address:
        """Parse an O/R address, with or without its label `X400:` or `X.400:`; AddressSyntaxError with code and span.

        `exchange` wants a country (Q146032). `rfc2156` reads OU least significant first, and a missing ADMD beside a
        country as a blank one.

        >>> X400Address.parse("c=US;a= ;p=Org;o=Site;s=Doe;").components["S"]
        'Doe'
        """
        limits.check_address(text)
        chosen = _form(form)
        builder = read_address(text, chosen)
        problems = [*builder.problems, *builder.unfinished((0, len(text)))]
        if not problems and chosen is Form.EXCHANGE and "C" not in builder.single:
            problems.append(no_country(text))
        if problems:
            first = min(problems, key=lambda found: found.span or (0, 0))
            raise AddressSyntaxError(first.code, first.message, text, first.span or (0, len(text)))
        if chosen is Form.RFC2156:
            builder.reverse_units()
            if "C" in builder.single:
                builder.single.setdefault("A", " ")
        address = cls.__new__(cls)
        address._components = builder.components()
        return address

    def format(self, form: Form | str = Form.EXCHANGE) -> str:
        r"""Return the text in a form, without its label.

        `exchange` is in the order of Q257578, keywords in lower case, `;` and `\` in a value after a backslash. It can
        be read back where there is a country and no type of a DDA is repeated.

        >>> X400Address.parse("/G=Jane/S=Doe/O=Org/C=us/", form="rfc2156").format()
        'c=us;a= ;o=Org;s=Doe;g=Jane;'
        """
        return write_address(list(self.flat()), _form(form))

    def flat(self) -> Iterator[Part]:
        """Yield (attribute, number of the unit or type of the DDA or nothing, value), in the order of Exchange."""
        for key, value in self._components.items():
            if isinstance(value, str):
                yield key, "", value
            elif isinstance(value, Mapping):
                yield from ((key, dda_type, text) for dda_type, text in value.items())
            else:
                yield from ((key, str(number), name) for number, name in enumerate(value, 1))

    def _key(self) -> frozenset[tuple[Part, int]]:
        """Return what equal addresses have in common: each attribute, and which of its kind it is where it repeats."""
        numbers: Counter[tuple[str, str]] = Counter()
        found = []
        for key, which, text in self.flat():
            if key != "A" or text.strip(TRIMMED):
                attribute = key, compared(which)
                found.append(((*attribute, compared(text)), numbers[attribute]))
                numbers[attribute] += 1
        return frozenset(found)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, X400Address) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __str__(self) -> str:
        return self.format()

    def __repr__(self) -> str:
        return f"X400Address({self._plain()})"

    def __reduce__(self) -> tuple[object, ...]:
        return X400Address, (self._plain(),)

    def _plain(self) -> dict[str, object]:
        return {
            key: dict(part) if isinstance(part, Mapping) and not isinstance(part, RepeatedDDAs) else part
            for key, part in self._components.items()
        }


def _form(form: Form | str) -> Form:
    try:
        return Form(form)
    except ValueError:
        name = str(form)
        message = "no form of an O/R address"
        raise AddressSyntaxError("unknown-form", message, name, (0, len(name)), tuple(Form)) from None
