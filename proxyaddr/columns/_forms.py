"""Columns of addresses: the common forms are read natively or by a regular expression, all others by the grammar."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from types import ModuleType
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._text.types import (
    BLANKS,
    DDA_KEYWORD,
    DEFAULT_TYPE,
    LINK_TYPE,
    OTHER_WHITE_SPACE,
    SPELLINGS,
    TYPE_PATTERN,
)
from proxyaddr.addresses import encapsulation, parser
from proxyaddr.addresses.values import ProxyAddress, TypedAddress
from proxyaddr.columns._arrays import (
    bits,
    buffer,
    for_distinct,
    mask_of,
    native_columns,
    native_view,
    read_column,
    rows_where,
)
from proxyaddr.columns.dictionaries import NUMBERS, WORDS, Words, table_of
from proxyaddr.columns.error_codes import NOT_UTF8
from proxyaddr.errors import AddressSyntaxError

__all__ = ["ColumnFunction", "DecapsulateColumn", "NormalizeColumn", "ParseColumn"]

# The forms that grammar/one_off.lark reads in the same way, and much slower; it reads or refuses every other text.
_TYPED = re.compile(rf"({TYPE_PATTERN})[ \t]*:(.*)", re.DOTALL)
_BRACKETED = re.compile(rf"\[({TYPE_PATTERN}):([^\[\]\\]*)\][ \t\r\n\f\v]*")
_MAILBOX = re.compile(
    r"(?!['{\u2018\u200b])[^\s<>()\[\]:;,\"@\uff0c\uff1b\uff20]+@[^\s<>()\[\];,\"/=\uff0c\uff1b\uff20]+(?<!\u200b)"
)
"""White space that the parser trims from a value, with a finding."""


class ColumnFunction(ABC):
    """A scalar function applied to each row of one column. Types and errors are kept as numbers until the end.

    A subclass reads the common forms of a whole array in `read_common`, and any one text in `read_text`.
    """

    schema: ClassVar[dict[str, Any]]
    """The columns of the result with their Arrow types; the last is `error`."""

    first_errors: ClassVar[tuple[str, ...]] = ()
    """Error codes that have the numbers from 0 on, which the native module writes."""

    def __init__(self) -> None:
        self._native = native_columns()
        self._types: Any = Words() if self._native is None else self._native.Types()
        self._errors = Words(*self.first_errors)
        self._kinds = [NUMBERS if kind == WORDS else kind for kind in self.schema.values()]

    @abstractmethod
    def read_text(self, text: str) -> tuple[Any, ...]:
        """Return a value for each column but `error`; AddressSyntaxError where the text is bad."""

    @abstractmethod
    def read_common(self, array: pa.Array, native: ModuleType) -> tuple[list[pa.Array], pa.Array | None]:
        """Read the common forms in an array that is not empty.

        Return an array for each column, and the mask of the rows that are undecided, or None where there are none.
        """

    def table(self, column: object) -> pa.Table:
        """Return the table of results for a column; TypeError where it is not a column of text."""
        chunks = [self._answers(array) for array in read_column(column)]
        return table_of(self.schema, chunks, {"type": self._types.words, "error": self._errors.words})

    def _answers(self, array: pa.Array) -> list[pa.Array]:
        if pa.types.is_dictionary(array.type):  # so that each distinct value is read once
            return [pc.take(answers, array.indices) for answers in self._answers(array.dictionary)]
        if pa.types.is_null(array.type) or not len(array):
            return [pa.nulls(len(array), kind) for kind in self._kinds]
        if self._native is None:
            return for_distinct(array, self._row, self._kinds)
        found, undecided = self.read_common(array, self._native)
        if undecided is None:
            return found
        others = for_distinct(rows_where(array, undecided), self._row, self._kinds)
        return [pc.replace_with_mask(part, undecided, other) for part, other in zip(found, others, strict=True)]

    def _row(self, text: bytes) -> tuple[Any, ...]:
        """Return a value for each column, the number of the error among them."""
        try:
            return (*self.read_text(text.decode()), None)
        except UnicodeDecodeError:
            code = NOT_UTF8
        except AddressSyntaxError as error:
            code = error.code
        return (*(None,) * (len(self._kinds) - 1), self._errors.number(code))


class ParseColumn(ColumnFunction):
    """`proxyaddr.parse` for a column: type, value and is_primary."""

    schema: ClassVar = {"type": WORDS, "value": pa.string(), "is_primary": pa.bool_(), "error": WORDS}

    def read_text(self, text: str) -> tuple[Any, ...]:
        """Return type, value and is_primary."""
        address_type, value, is_primary = _parsed(text)
        return self._types.number(address_type), value, is_primary

    def read_common(self, array: pa.Array, native: ModuleType) -> tuple[list[pa.Array], pa.Array | None]:
        """Read the common forms of proxy addresses and one-off addresses."""
        texts, count = native_view(array, native), len(array)
        numbers, offsets, data = buffer(4 * count), buffer(4 * count + 4), buffer(texts.text_bytes)
        marks = valid, primary, proxy, undecided = [bits(count) for _ in range(4)]
        left = self._types.parse(texts, numbers, offsets, data, *marks)
        found = [
            pa.Array.from_buffers(NUMBERS, count, [valid, numbers]),
            pa.Array.from_buffers(pa.string(), count, [valid, offsets, data]),
            pa.Array.from_buffers(pa.bool_(), count, [proxy, primary]),
            pa.nulls(count, NUMBERS),
        ]
        return found, mask_of(undecided, count) if left else None


class NormalizeColumn(ColumnFunction):
    """The `comparison_key` of the address that `proxyaddr.parse` returns, joined to one text."""

    schema: ClassVar = {"key": pa.string(), "error": WORDS}

    def read_text(self, text: str) -> tuple[Any, ...]:
        """Return the key, `TYPE:value`."""
        address_type, value, _ = _parsed(text)
        if value.isascii():
            return (f"{address_type}:{value.lower()}",)
        return (":".join(TypedAddress(address_type, value).comparison_key),)

    def read_common(self, array: pa.Array, native: ModuleType) -> tuple[list[pa.Array], pa.Array | None]:
        """Write the keys of the common forms that are ASCII."""
        texts, count = native_view(array, native), len(array)
        offsets, data = buffer(4 * count + 4), buffer(texts.text_bytes + native.UNTYPED * count)
        valid, undecided = bits(count), bits(count)
        left = native.normalize(texts, offsets, data, valid, undecided)
        found = [pa.Array.from_buffers(pa.string(), count, [valid, offsets, data]), pa.nulls(count, NUMBERS)]
        return found, mask_of(undecided, count) if left else None


class DecapsulateColumn(ColumnFunction):
    """`proxyaddr.decapsulate` for a column: type, value and domain."""

    schema: ClassVar = {"type": WORDS, "value": pa.string(), "domain": pa.string(), "error": WORDS}
    first_errors = ("not-encapsulated",)  # the only error that the native module finds; it writes the number 0

    def __init__(self, *, tolerant: bool) -> None:
        super().__init__()
        self._tolerant = tolerant

    def read_text(self, text: str) -> tuple[Any, ...]:
        """Return type, value and domain."""
        found = encapsulation.decapsulate(text, tolerant=self._tolerant)
        return self._types.number(found.type), found.value, found.domain

    def read_common(self, array: pa.Array, native: ModuleType) -> tuple[list[pa.Array], pa.Array | None]:
        """Read strictly encapsulated addresses and mark those that are not encapsulated; `tolerant` changes neither."""
        texts, count = native_view(array, native), len(array)
        numbers, data, domain_data = buffer(4 * count), buffer(texts.text_bytes), buffer(texts.text_bytes)
        offsets, domain_offsets = buffer(4 * count + 4), buffer(4 * count + 4)
        valid, bad, undecided = (bits(count) for _ in range(3))
        outputs = (numbers, offsets, data, domain_offsets, domain_data, valid, bad, undecided)
        left = self._types.decapsulate(texts, *outputs)
        found = [
            pa.Array.from_buffers(NUMBERS, count, [valid, numbers]),
            pa.Array.from_buffers(pa.string(), count, [valid, offsets, data]),
            pa.Array.from_buffers(pa.string(), count, [valid, domain_offsets, domain_data]),
            pa.Array.from_buffers(NUMBERS, count, [bad, pa.py_buffer(bytes(4 * count))]),
        ]
        return found, mask_of(undecided, count) if left else None


def _parsed(text: str) -> tuple[str, str, bool | None]:
    """Return type, value and is_primary as `proxyaddr.parse` reads them; is_primary is None for one-off addresses."""
    named = "[" in text or "<" in text  # a display name keeps the blanks before it, a type does not
    typed = _TYPED.match(text if named else text.lstrip(BLANKS))
    if typed and (value := typed[2].strip(BLANKS)) and _is_as_written(value):
        upper = typed[1].upper()
        if upper not in (LINK_TYPE, DDA_KEYWORD):
            return SPELLINGS.get(upper, upper), value, typed[1] == upper
    if _MAILBOX.fullmatch(mailbox := text.strip(BLANKS)):
        return DEFAULT_TYPE, mailbox, None
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed and (value := bracketed[2].strip(BLANKS)):
        upper = bracketed[1].upper()
        if upper != LINK_TYPE:
            return SPELLINGS.get(upper, upper), value, None
    address = parser.parse(text)
    return address.type, address.value, address.is_primary if isinstance(address, ProxyAddress) else None


def _is_as_written(value: str) -> bool:
    r"""Return whether a typed value is read as it is written.

    It is not with white space outside ASCII at an edge, nor with the `\;` by which csvde writes X.400.
    """
    return not OTHER_WHITE_SPACE & {value[0], value[-1]} and "\\;" not in value
