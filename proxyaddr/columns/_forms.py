"""Addresses by the column: the common forms by the native module or a regular expression, the rest by the grammar."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from proxyaddr._optional import import_extra
from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, SPELLINGS, TYPE_PATTERN
from proxyaddr.addresses import encapsulation, parser
from proxyaddr.addresses.values import ProxyAddress, TypedAddress
from proxyaddr.columns._arrays import bits, buffer, for_distinct, mask_of, native_columns, place, read_column, some
from proxyaddr.errors import AddressSyntaxError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
else:
    pa, pc = import_extra("pyarrow", "arrow"), import_extra("pyarrow.compute", "arrow")

__all__ = ["NOT_UTF8", "WORDS", "Decapsulating", "Normalizing", "Parsing", "Words"]

NOT_UTF8 = "not-utf8"
"""The error code of a row whose octets are no UTF-8 text."""

NUMBERS, WORDS = pa.int32(), pa.dictionary(pa.int32(), pa.string())

# What grammar/one_off.lark reads in the same way; whatever else it takes, and all that it refuses, is left to it.
_TYPED = re.compile(rf"({TYPE_PATTERN})[ \t]*:(.*)", re.DOTALL)
_BRACKETED = re.compile(rf"\[({TYPE_PATTERN}):([^\[\]\\]*)\][ \t\r\n\f\v]*")
_MAILBOX = re.compile(r'[^\s<>()\[\]:;,"@]+@[^\s<>()\[\];,"]+')


class Words:
    """Words numbered in the order in which they were met."""

    def __init__(self, *first: str) -> None:
        self._numbers = {word: number for number, word in enumerate(first)}

    def number(self, word: str) -> int:
        """Return the number of a word, which is added where it is new."""
        return self._numbers.setdefault(word, len(self._numbers))

    @property
    def words(self) -> list[str]:
        """The words in the order of their numbers."""
        return list(self._numbers)


class Reading(ABC):
    """One reading of a column; makes a table of it. Types and errors are numbers until all is read."""

    schema: ClassVar[dict[str, Any]]
    first_errors: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self._native = native_columns()
        self._types: Any = Words() if self._native is None else self._native.Types()
        self._errors = Words(*self.first_errors)
        self._kinds = [NUMBERS if kind == WORDS else kind for kind in self.schema.values()]

    @abstractmethod
    def answer(self, text: str) -> tuple[Any, ...]:
        """Return the answer for one text, all but the error; AddressSyntaxError where it is bad."""

    @abstractmethod
    def read(self, array: pa.Array, native: ModuleType) -> tuple[list[pa.Array], pa.Array | None]:
        """Read the common forms of an array that is not empty; return answers, and which rows are left if any."""

    def table(self, column: object) -> pa.Table:
        """Return the answers for a column."""
        chunks = [self._answers(array) for array in read_column(column)]
        words = {"type": self._types, "error": self._errors}
        columns = {}
        for number, (name, kind) in enumerate(self.schema.items()):
            parts = [chunk[number] for chunk in chunks]
            if kind == WORDS:
                known = pa.array(words[name].words, pa.string())
                parts = [pa.DictionaryArray.from_arrays(part, known) for part in parts]
            columns[name] = pa.chunked_array(parts, kind)
        return pa.table(columns)

    def _answers(self, array: pa.Array) -> list[pa.Array]:
        if pa.types.is_dictionary(array.type):  # each distinct value once
            return [pc.take(answers, array.indices) for answers in self._answers(array.dictionary)]
        if pa.types.is_null(array.type) or not len(array):
            return [pa.nulls(len(array), kind) for kind in self._kinds]
        if self._native is None:
            return for_distinct(array, self._row, self._kinds)
        found, odd = self.read(array, self._native)
        if odd is None:
            return found
        others = for_distinct(some(array, odd), self._row, self._kinds)
        return [pc.replace_with_mask(part, odd, other) for part, other in zip(found, others, strict=True)]

    def _row(self, octets: bytes) -> tuple[Any, ...]:
        try:
            return (*self.answer(octets.decode()), None)
        except UnicodeDecodeError:
            code = NOT_UTF8
        except AddressSyntaxError as error:
            code = error.code
        return (*(None,) * (len(self._kinds) - 1), self._errors.number(code))


class Parsing(Reading):
    """Type, value and is_primary, as `proxyaddr.parse` reads them."""

    schema: ClassVar = {"type": WORDS, "value": pa.string(), "is_primary": pa.bool_(), "error": WORDS}

    def answer(self, text: str) -> tuple[Any, ...]:
        """Return type, value and is_primary."""
        address_type, value, is_primary = _parsed(text)
        return self._types.number(address_type), value, is_primary

    def read(self, array: pa.Array, native: ModuleType) -> tuple[list[pa.Array], pa.Array | None]:
        """Read the common forms of proxies and one-off addresses."""
        texts, count = place(array, native), len(array)
        numbers, offsets, data = buffer(4 * count), buffer(4 * count + 4), buffer(texts.text_bytes)
        marks = valid, primary, proxy, odd = [bits(count) for _ in range(4)]
        left = self._types.parse(texts, numbers, offsets, data, *marks)
        found = [
            pa.Array.from_buffers(NUMBERS, count, [valid, numbers]),
            pa.Array.from_buffers(pa.string(), count, [valid, offsets, data]),
            pa.Array.from_buffers(pa.bool_(), count, [proxy, primary]),
            pa.nulls(count, NUMBERS),
        ]
        return found, mask_of(odd, count) if left else None


class Normalizing(Reading):
    """The comparison key of what `proxyaddr.parse` reads, as one text."""

    schema: ClassVar = {"key": pa.string(), "error": WORDS}

    def answer(self, text: str) -> tuple[Any, ...]:
        """Return `TYPE:value` in the case of a comparison key."""
        address_type, value, _ = _parsed(text)
        if value.isascii():
            return (f"{address_type}:{value.lower()}",)
        return (":".join(TypedAddress(address_type, value).comparison_key),)

    def read(self, array: pa.Array, native: ModuleType) -> tuple[list[pa.Array], pa.Array | None]:
        """Write the keys of the common forms in ASCII."""
        texts, count = place(array, native), len(array)
        offsets, data = buffer(4 * count + 4), buffer(texts.text_bytes + native.UNTYPED * count)
        valid, odd = bits(count), bits(count)
        left = native.normalize(texts, offsets, data, valid, odd)
        found = [pa.Array.from_buffers(pa.string(), count, [valid, offsets, data]), pa.nulls(count, NUMBERS)]
        return found, mask_of(odd, count) if left else None


class Decapsulating(Reading):
    """Type, value and domain, as `proxyaddr.decapsulate` reads them."""

    schema: ClassVar = {"type": WORDS, "value": pa.string(), "domain": pa.string(), "error": WORDS}
    first_errors = ("not-encapsulated",)  # the only one that the native module finds: its number is 0

    def __init__(self, *, tolerant: bool) -> None:
        super().__init__()
        self._tolerant = tolerant

    def answer(self, text: str) -> tuple[Any, ...]:
        """Return type, value and domain."""
        found = encapsulation.decapsulate(text, tolerant=self._tolerant)
        return self._types.number(found.type), found.value, found.domain

    def read(self, array: pa.Array, native: ModuleType) -> tuple[list[pa.Array], pa.Array | None]:
        """Read what is encapsulated strictly, and find what is not at all; tolerance changes neither."""
        texts, count = place(array, native), len(array)
        numbers, data, domain_data = buffer(4 * count), buffer(texts.text_bytes), buffer(texts.text_bytes)
        offsets, domain_offsets = buffer(4 * count + 4), buffer(4 * count + 4)
        valid, bad, odd = (bits(count) for _ in range(3))
        left = self._types.decapsulate(texts, numbers, offsets, data, domain_offsets, domain_data, valid, bad, odd)
        found = [
            pa.Array.from_buffers(NUMBERS, count, [valid, numbers]),
            pa.Array.from_buffers(pa.string(), count, [valid, offsets, data]),
            pa.Array.from_buffers(pa.string(), count, [valid, domain_offsets, domain_data]),
            pa.Array.from_buffers(NUMBERS, count, [bad, pa.py_buffer(bytes(4 * count))]),
        ]
        return found, mask_of(odd, count) if left else None


def _parsed(text: str) -> tuple[str, str, bool | None]:
    """Return type, value and is_primary as `proxyaddr.parse` gives them; is_primary is None for one-off addresses."""
    named = "[" in text or "<" in text  # a name may begin with blanks, a type may not
    typed = _TYPED.match(text if named else text.lstrip(BLANKS))
    if typed and (value := typed[2].strip(BLANKS)):
        upper = typed[1].upper()
        return SPELLINGS.get(upper, upper), value, typed[1] == upper
    if _MAILBOX.fullmatch(mailbox := text.strip(BLANKS)):
        return DEFAULT_TYPE, mailbox, None
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed and (value := bracketed[2].strip(BLANKS)):
        upper = bracketed[1].upper()
        return SPELLINGS.get(upper, upper), value, None
    address = parser.parse(text)
    return address.type, address.value, address.is_primary if isinstance(address, ProxyAddress) else None
