# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The binding of the kernel: a table from a plan, and rows of text from lists and Arrow data."""

import os

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_DecodeUTF8, PyUnicode_GET_LENGTH
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from text_columns cimport (
    TEXT_POINTERS,
    ArrowArray,
    ArrowArrayStream,
    ArrowSchema,
    array_in,
    arrow_is_null,
    arrow_member,
    arrow_take,
    arrow_text_column,
    schema_in,
    stream_in,
    text_at,
    text_column,
    text_pointer,
    text_span,
)

from proxyaddr._text.types import DEFAULT_TYPE, SPELLINGS
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import comparable_pattern, pattern_components

__all__ = ["Kernel", "ListRows", "Rows", "TextArray", "rows_to_judge", "text_arrays", "undecided_rows"]

cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object text)
    # borrowed references: counting them would write to the memory of each text
    PyObject *PyList_GET_ITEM(object items, Py_ssize_t place)
    bint PyUnicode_CheckExact(object item)
    bint is_compact_ascii "PyUnicode_IS_COMPACT_ASCII"(PyObject *text)
    void *ascii_data "PyUnicode_DATA"(PyObject *text)
    Py_ssize_t ascii_length "PyUnicode_GET_LENGTH"(PyObject *text)

cdef extern from "kernel.h":
    ctypedef struct kernel:
        pass
    const int KERNEL_NONE
    const int KERNEL_UNDECIDED
    const int KERNEL_LONGEST
    kernel *kernel_new(int by_domain, uint64_t rows, uint64_t seed)
    void kernel_free(kernel *table)
    int kernel_add_type(kernel *table, const uint8_t *name, size_t length)
    int kernel_add_alias(kernel *table, int number, const uint8_t *name, size_t length)
    void kernel_set_constant(kernel *table, int number, int32_t answer)
    void kernel_set_other_types(kernel *table, int32_t answer)
    void kernel_set_types_with_blanks(kernel *table)
    int kernel_add(kernel *table, int number, const uint8_t *pattern, size_t length, int32_t answer, int32_t rank)
    void kernel_prefetch_bucket(const kernel *table, int number, const uint8_t *pattern, size_t length)
    void kernel_prefetch_text(const void *text) nogil
    int kernel_finish(kernel *table)
    int32_t kernel_match_one(const kernel *table, const uint8_t *text, int64_t length)
    size_t kernel_match(const kernel *table, const text_column *column, int64_t start, size_t count, int32_t *answers) nogil
    uint64_t kernel_size(const kernel *table)

cdef size_t BLOCK = 1024  # items of a list whose texts are still in the cache when they are matched
cdef size_t AHEAD = 16  # items between prefetch and use


cdef class Kernel:
    """The tables of a plan, which the kernel builds and reads."""

    cdef kernel *_table
    cdef object _decide
    cdef bint _by_domain

    def __cinit__(self, plan, decide):
        self._table = kernel_new(plan.dialect.by_domain, len(plan.types), int.from_bytes(os.urandom(8), "little"))
        if self._table is NULL:
            raise MemoryError

    def __dealloc__(self):
        kernel_free(self._table)

    def __init__(self, plan, decide):
        """Build the tables; `match` calls `decide` for an address that the kernel does not decide."""
        cdef dict numbers = {}, not_read = {}
        cdef int number = -1, status
        cdef int32_t answer
        cdef size_t row, total = len(plan.types)
        cdef object kind, last = None, pattern, later
        cdef list types = as_list(plan.types), patterns = as_list(plan.patterns), ranks = as_list(plan.ranks)
        cdef object answers = plan.indices, dialect = plan.dialect
        cdef bint drops_heads = dialect is Dialect.EXCHANGE2000
        cdef bint in_order = isinstance(answers, range) and answers == range(len(types))
        self._decide, self._by_domain = decide, dialect.by_domain
        for row in range(total):
            kind, pattern = types[row], patterns[row]
            if row + AHEAD < total and number >= 0:
                later = patterns[row + AHEAD]
                if PyUnicode_IS_COMPACT_ASCII(later):
                    kernel_prefetch_bucket(
                        self._table, number, <const uint8_t *>PyUnicode_DATA(later), PyUnicode_GET_LENGTH(later)
                    )
            answer = row if in_order else answers[row]
            if kind is not last:
                last = kind
                found = numbers.get(kind)
                if found is None:
                    found = numbers[kind] = self._add_type(kind, not_read)
                number = found
            if number < 0:
                if kind in not_read:
                    not_read[kind][1].append(row)
                continue
            if drops_heads or not PyUnicode_IS_COMPACT_ASCII(pattern) or has_final_dot(pattern):
                pattern = comparable_pattern(kind, pattern, dialect)
                if not PyUnicode_IS_COMPACT_ASCII(pattern):
                    continue  # it matches no ASCII text, and the kernel decides no other
            status = kernel_add(
                self._table,
                number,
                <const uint8_t *>PyUnicode_DATA(pattern),
                PyUnicode_GET_LENGTH(pattern),
                answer,
                ranks[row],
            )
            if status < 0:
                raise MemoryError
            if status > 0:
                kernel_set_constant(self._table, number, KERNEL_UNDECIDED)
        for kind, (number, rows) in not_read.items():
            self._set_answer_of_type(plan, kind, number, rows)
        if kernel_finish(self._table):
            raise MemoryError

    cdef int _add_type(self, kind, dict not_read) except -2:
        """Name a type to the kernel; return its number, or -1 where the kernel does not read its patterns."""
        name = kind.encode("ascii")
        number = kernel_add_type(self._table, <const uint8_t *><const char *>name, len(name))
        if number < 0:
            kernel_set_other_types(self._table, KERNEL_UNDECIDED)
            return -1
        for spelling, canonical in SPELLINGS.items():
            if canonical == kind:
                other = spelling.encode("ascii")
                if kernel_add_alias(self._table, number, <const uint8_t *><const char *>other, len(other)):
                    kernel_set_other_types(self._table, KERNEL_UNDECIDED)
        if " " in kind:
            kernel_set_types_with_blanks(self._table)
        if kind == DEFAULT_TYPE or not (self._by_domain or kind in COMPONENT_TYPES):
            return number
        not_read[kind] = (number, [])
        return -1

    cdef _set_answer_of_type(self, plan, kind, int number, list rows):
        """Answer a type whose patterns the kernel does not read with one route where each of them covers every address."""
        if kind in COMPONENT_TYPES:
            covers_all = all(pattern_components(kind, plan.patterns[row]) in ({}, {"*": "*"}) for row in rows)
        else:
            covers_all = all(plan.patterns[row] == "*" for row in rows)
        best = min(rows, key=plan.ranks.__getitem__)  # the earlier of two
        kernel_set_constant(self._table, number, plan.indices[best] if covers_all else KERNEL_UNDECIDED)

    def match(self, address):
        """Return the index of the route that takes an address, -1 where there is none."""
        cdef int32_t answer = KERNEL_UNDECIDED
        if isinstance(address, str) and PyUnicode_IS_COMPACT_ASCII(address):
            answer = kernel_match_one(
                self._table, <const uint8_t *>PyUnicode_DATA(address), PyUnicode_GET_LENGTH(address)
            )
        return self._decide(address) if answer == KERNEL_UNDECIDED else answer

    def match_list(self, list items, int32_t[::1] out):
        """Answer the texts, UTF-8 bytes or None of a list that nobody changes meanwhile; return how many are undecided."""
        cdef text_pointer texts[1024]
        cdef text_column column
        cdef size_t count = len(items), start, stop, undecided = 0
        memset(&column, 0, sizeof(text_column))
        column.layout, column.items = TEXT_POINTERS, texts
        for start in range(0, count, BLOCK):
            stop = min(start + BLOCK, count)
            point_to(items, start, stop, texts)
            with nogil:
                undecided += kernel_match(self._table, &column, 0, stop - start, &out[start])
        return undecided

    def match_rows(self, Rows rows, size_t start, size_t stop, int32_t[::1] out):
        """Answer the rows from `start` to `stop`; return how many are undecided. Several threads may do so at once."""
        cdef size_t undecided
        if start == stop:
            return 0
        with nogil:
            undecided = kernel_match(self._table, &rows._column, start, stop - start, &out[start])
        return undecided

    @property
    def size(self):
        """How many bytes the tables hold."""
        return kernel_size(self._table)


cdef class Rows:
    """Rows of text that the kernel reads where they lie."""

    cdef text_column _column
    cdef readonly Py_ssize_t length


cdef class ListRows(Rows):
    """The texts, UTF-8 bytes or None of a list that nobody changes meanwhile; TypeError for others."""

    cdef text_pointer *_texts
    cdef list _items

    def __cinit__(self, list items):
        self._items = items
        self.length = len(items)
        self._texts = <text_pointer *>malloc((self.length + 1) * sizeof(text_pointer))
        if self._texts is NULL:
            raise MemoryError
        point_to(items, 0, self.length, self._texts)
        self._column.layout, self._column.items = TEXT_POINTERS, self._texts

    def __dealloc__(self):
        free(self._texts)


cdef class TextArray(Rows):
    """An Arrow array of text, of nulls, or of members of a dictionary of those."""

    cdef readonly TextArray dictionary
    cdef readonly bint is_null  # its type, that of an array without text
    cdef const ArrowArray *_array
    cdef char _index_format
    cdef object _owner

    def texts(self):
        """Return the rows as text, None for null; bytes that are not UTF-8 become lone surrogates."""
        return [self.text(row) for row in range(self.length)]

    def text(self, int64_t row):
        """Return one row, likewise."""
        cdef text_span found
        if self.is_null or arrow_is_null(self._array, row):
            return None
        if self.dictionary is not None:
            return self.dictionary.text(self._member(row))
        found = text_at(&self._column, self._column.layout, row)
        return PyUnicode_DecodeUTF8(<const char *>found.start, found.length, "surrogateescape")

    def take(self, const int32_t[::1] answers, int32_t[::1] out):
        """Give each row the answer of its member, -1 for null; TypeError for a member that the dictionary lacks."""
        cdef int64_t lacking = -1
        if self.length:
            lacking = arrow_take(self._array, self._index_format, &answers[0], answers.shape[0], KERNEL_NONE, &out[0])
        if lacking >= 0:
            self._member(lacking)

    cdef int64_t _member(self, int64_t row) except -1:
        cdef int64_t member = arrow_member(self._array, self._index_format, row)
        if not 0 <= member < self.dictionary.length:
            raise TypeError(
                f"a column of addresses names member {member} of a dictionary of {self.dictionary.length}"
            )
        return member


cdef TextArray text_array(const ArrowSchema *schema, const ArrowArray *array, owner):
    """Return an array that `owner` keeps; TypeError where it holds no text."""
    cdef TextArray found = TextArray.__new__(TextArray)
    cdef bytes written = schema.format
    found._array, found._owner, found.length = array, owner, array.length
    found.is_null = written == b"n"
    if schema.dictionary is not NULL and len(written) == 1 and written in b"cCsSiIlL":
        found._index_format = written[0]
        found.dictionary = text_array(schema.dictionary, array.dictionary, owner)
    elif not found.is_null and arrow_text_column(&found._column, written, array):
        raise TypeError(f"a column of addresses holds text, not Arrow format {written.decode('ascii', 'replace')!r}")
    return found


def text_arrays(column):
    """Return an iterator over the arrays of a column with the Arrow C data interface; TypeError where it holds no text."""
    if hasattr(column, "__arrow_c_array__"):
        capsules = column.__arrow_c_array__()
        schema, array = capsules
        return iter((text_array(schema_in(schema), array_in(array), capsules),))
    return TextStream(column.__arrow_c_stream__())


cdef class TextStream:
    """The arrays of a stream."""

    cdef object _capsule
    cdef ArrowSchema _schema

    def __cinit__(self, capsule):
        cdef ArrowArrayStream *stream = stream_in(capsule)
        cdef int status
        self._capsule = capsule
        with nogil:
            status = stream.get_schema(stream, &self._schema)
        check(stream, status)

    def __dealloc__(self):
        if self._schema.release is not NULL:
            with nogil:
                self._schema.release(&self._schema)

    def __iter__(self):
        return self

    def __next__(self):
        cdef ArrowArrayStream *stream = stream_in(self._capsule)
        cdef OwnedArray owned = OwnedArray.__new__(OwnedArray)
        cdef int status
        with nogil:
            status = stream.get_next(stream, &owned._array)
        check(stream, status)
        if owned._array.release is NULL:
            raise StopIteration
        return text_array(&self._schema, &owned._array, owned)


cdef class OwnedArray:
    """An array that a stream gave away, released with this object."""

    cdef ArrowArray _array

    def __dealloc__(self):
        if self._array.release is not NULL:
            with nogil:
                self._array.release(&self._array)


cdef check(ArrowArrayStream *stream, int status):
    """Raise OSError with the message of a stream that failed."""
    cdef const char *message
    if status:
        message = stream.get_last_error(stream)
        raise OSError(status, (<bytes>message).decode("utf-8", "replace") if message is not NULL else "the Arrow stream failed")


cdef int point_to(list items, size_t start, size_t stop, text_pointer *texts) except -1:
    """Point to the texts of some items; what the kernel can't read is marked as too long. TypeError for others."""
    cdef size_t place
    cdef object item
    cdef PyObject *borrowed
    cdef text_pointer *found = texts
    for place in range(start, stop):
        if place + AHEAD < stop:
            kernel_prefetch_text(PyList_GET_ITEM(items, place + AHEAD))
        borrowed = PyList_GET_ITEM(items, place)
        if PyUnicode_CheckExact(<object>borrowed) and is_compact_ascii(borrowed):
            found.text = <const uint8_t *>ascii_data(borrowed)
            found.length = ascii_length(borrowed)
        else:
            item = <object>borrowed
            found.text = b""
            found.length = KERNEL_LONGEST + 1
            if item is None:
                found.length = -1
            elif isinstance(item, bytes):
                found.text = <const uint8_t *>PyBytes_AS_STRING(item)
                found.length = PyBytes_GET_SIZE(item)
            elif not isinstance(item, (str, TypedAddress, bytearray)):
                raise TypeError(f"an address is text, not {type(item).__name__}")
        found += 1
    return 0


cdef bint has_final_dot(object text):
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
    return length > 0 and (<const uint8_t *>PyUnicode_DATA(text))[length - 1] == 0x2E


cdef list as_list(values):
    return values if type(values) is list else list(values)


def undecided_rows(const int32_t[::1] answers):
    """Return the rows that the kernel did not decide."""
    cdef Py_ssize_t row
    return [row for row in range(answers.shape[0]) if answers[row] == KERNEL_UNDECIDED]


def rows_to_judge(list types, list patterns, list costs, list connectors, set plain_types):
    """Return the rows of a table that AddressSpace must judge, in order: see `proxyaddr.routing.columns`."""
    cdef list found = []
    cdef object kind, last = None, pattern, cost, connector
    cdef const uint8_t *text
    cdef size_t row, length, place
    cdef bint plain, last_plain = False
    for row in range(len(types)):
        kind, pattern, cost, connector = types[row], patterns[row], costs[row], connectors[row]
        if kind is not last:
            last, last_plain = kind, type(kind) is str and kind in plain_types
        plain = last_plain and type(cost) is int and type(connector) is str and PyUnicode_GET_LENGTH(connector) > 0
        plain = plain and type(pattern) is str and PyUnicode_IS_COMPACT_ASCII(pattern) and 1 <= cost <= 100
        if plain:
            text = <const uint8_t *>PyUnicode_DATA(pattern)
            length = PyUnicode_GET_LENGTH(pattern)
            for place in range(length):
                plain &= (text[place] >= 0x20) & (text[place] < 0x7F)
            if length == 2 and text[0] == 0x2A and text[1] == 0x2E:
                plain = False
            if length and (text[0] == 0x20 or text[length - 1] == 0x20 or text[length - 1] == 0x3B):
                plain = False
        if not plain:
            found.append(row)
    return found
