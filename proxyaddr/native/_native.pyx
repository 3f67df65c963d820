# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The native engine: a thin binding of the kernel, which answers with the GIL released; the Python engine answers the odd."""

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t, uintptr_t
from libc.stdlib cimport free, malloc

from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr._text.folding import fold
from proxyaddr.spaces.matching import pattern_components, read_address
from proxyaddr.addresses.values import TypedAddress
from proxyaddr._text.types import SPELLINGS
from proxyaddr.matcher.python import PythonEngine

__all__ = ["NativeEngine"]

cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object text)
    # borrowed: to count references would write to the memory of each text
    PyObject *PyList_GET_ITEM(object items, Py_ssize_t place)
    bint PyUnicode_CheckExact(object there)
    bint is_compact_ascii "PyUnicode_IS_COMPACT_ASCII"(PyObject *text)
    void *ascii_data "PyUnicode_DATA"(PyObject *text)
    Py_ssize_t ascii_length "PyUnicode_GET_LENGTH"(PyObject *text)

cdef extern from "kernel.h":
    ctypedef struct kernel:
        pass
    ctypedef struct kernel_text:
        const uint8_t *text
        int64_t length
    const int KERNEL_NONE
    const int KERNEL_ODD
    const int KERNEL_LONGEST
    kernel *kernel_new(int by_domain, uint64_t rows, uint64_t seed)
    void kernel_free(kernel *table)
    int kernel_add_type(kernel *table, const uint8_t *name, size_t length)
    int kernel_add_alias(kernel *table, int number, const uint8_t *name, size_t length)
    void kernel_set_constant(kernel *table, int number, int32_t answer)
    void kernel_set_other_types(kernel *table, int32_t answer)
    int kernel_add(kernel *table, int number, const uint8_t *pattern, size_t length, int32_t answer, int32_t rank)
    void kernel_expect(const kernel *table, int number, const uint8_t *pattern, size_t length)
    void kernel_ask_memory(const void *there) nogil
    int kernel_finish(kernel *table)
    int32_t kernel_match_one(const kernel *table, const uint8_t *text, int64_t length)
    size_t kernel_match(const kernel *table, const kernel_text *texts, size_t count, int32_t *answers) nogil
    size_t kernel_match_utf8(const kernel *table, const uint8_t *data, const int32_t *offsets, const uint8_t *validity,
                           int64_t first, size_t count, int32_t *answers) nogil
    size_t kernel_match_large_utf8(const kernel *table, const uint8_t *data, const int64_t *offsets,
                                 const uint8_t *validity, int64_t first, size_t count, int32_t *answers) nogil
    size_t kernel_match_views(const kernel *table, const uint8_t *views, const uint8_t **buffers,
                            const uint8_t *validity, int64_t first, size_t count, int32_t *answers) nogil
    uint64_t kernel_size(const kernel *table)
    uint64_t kernel_floor_read(const uint8_t *data, const int32_t *offsets, size_t count) nogil
    uint64_t kernel_floor_hash(const uint8_t *data, const int32_t *offsets, size_t count) nogil

cdef size_t GATHERED = 1024
cdef size_t EXPECTED = 16
cdef size_t AHEAD = 16

ROWS_AT_ONCE = 65_536
"""Rows that a thread takes before it asks for more."""

ROWS_A_THREAD = 100_000
"""Fewer rows than twice this are one thread's work, unless the caller says otherwise."""


cdef class NativeEngine:
    """Answers as the table does, by the kernel; what the kernel leaves, an engine of dictionaries for that type."""

    cdef kernel *_table
    cdef object _plan
    cdef dict _python, _by_component

    name = "native"

    def __cinit__(self, plan):
        self._table = kernel_new(plan.by_domain, len(plan.types), int.from_bytes(os.urandom(8), "little"))
        if self._table is NULL:
            raise MemoryError

    def __dealloc__(self):
        kernel_free(self._table)

    def __init__(self, plan):
        """Build from a plan."""
        cdef dict numbers = {}
        cdef int number = -1, status
        cdef int32_t answer
        cdef size_t row, total = len(plan.types)
        cdef object kind, last = None, pattern, expected
        cdef list types = as_list(plan.types), patterns = as_list(plan.patterns), ranks = as_list(plan.ranks)
        cdef object answers = plan.indices
        cdef bint in_order = isinstance(answers, range) and answers == range(len(types))
        self._plan = plan
        self._python = {}
        self._by_component = {}
        for row in range(len(types)):
            kind, pattern = types[row], patterns[row]
            if row + EXPECTED < total and number >= 0:
                expected = patterns[row + EXPECTED]
                if PyUnicode_IS_COMPACT_ASCII(expected):
                    kernel_expect(
                        self._table, number, <const uint8_t *>PyUnicode_DATA(expected), PyUnicode_GET_LENGTH(expected)
                    )
            answer = row if in_order else answers[row]
            if kind is not last:
                last = kind
                found = numbers.get(kind)
                if found is None:
                    found = numbers[kind] = self._add_type(kind)
                number = found
            if number < 0:
                if kind in self._by_component:
                    self._by_component[kind][1].append(row)
                continue
            if not PyUnicode_IS_COMPACT_ASCII(pattern):
                pattern = fold(pattern)
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
                kernel_set_constant(self._table, number, KERNEL_ODD)
        self._settle_component_types()
        if kernel_finish(self._table):
            raise MemoryError

    cdef int _add_type(self, kind) except -2:
        """Name a type to the kernel; -1 where its addresses are not the kernel's to decide."""
        name = kind.encode("ascii")
        number = kernel_add_type(self._table, <const uint8_t *><const char *>name, len(name))
        if number < 0:
            kernel_set_other_types(self._table, KERNEL_ODD)
            return -1
        for spelling, canonical in SPELLINGS.items():
            if canonical == kind:
                other = spelling.encode("ascii")
                if kernel_add_alias(self._table, number, <const uint8_t *><const char *>other, len(other)):
                    kernel_set_other_types(self._table, KERNEL_ODD)
        if kind not in COMPONENT_TYPES:
            return number
        self._by_component[kind] = (number, [])
        return -1

    def _settle_component_types(self):
        """Answer a type of components with one route where all its spaces cover everything, else leave it."""
        plan = self._plan
        for kind, (number, rows) in self._by_component.items():
            covers_all = all(pattern_components(kind, plan.patterns[row]) in ({}, {"*": "*"}) for row in rows)
            best = min(rows, key=plan.ranks.__getitem__)  # the earlier of two
            kernel_set_constant(self._table, number, plan.indices[best] if covers_all else KERNEL_ODD)

    def match(self, address):
        """Return the index of the route that takes an address, -1 where there is none."""
        cdef int32_t answer = KERNEL_ODD
        if isinstance(address, str) and PyUnicode_IS_COMPACT_ASCII(address):
            answer = kernel_match_one(
                self._table, <const uint8_t *>PyUnicode_DATA(address), PyUnicode_GET_LENGTH(address)
            )
        return self._odd(address) if answer == KERNEL_ODD else answer

    def match_list(self, list items, out, threads=None):
        """Match texts, octets or None, of a list that nobody else changes, into an int32 column."""
        cdef size_t count = len(items), start, stop, left = 0, parts = parts_of(count, threads)
        cdef size_t room = count if parts > 1 else min(count, GATHERED)
        cdef kernel_text *texts = <kernel_text *>malloc((room + 1) * sizeof(kernel_text))
        cdef int32_t[::1] answers
        if texts is NULL:
            raise MemoryError
        try:
            for start in range(0, count, max(room, 1)):  # what was gathered is still near when it is matched
                stop = min(start + room, count)
                gather(items, start, stop, texts)
                answers = out
                left += self._in_parts(_Job.make(0, <uintptr_t>texts, 0, 0, 0, <uintptr_t>&answers[start]), stop - start, parts)
        finally:
            free(texts)
        for row in undecided(out, left):
            item = items[row]
            out[row] = self._odd(item.decode("utf-8", "surrogateescape") if isinstance(item, bytes | bytearray) else item)

    def match_chunk(self, chunk, out, threads=None):
        """Match the texts of an Arrow array into an int32 column."""
        cdef int32_t[::1] answers
        cdef const uint8_t **buffers = NULL
        if not chunk.length:
            return
        answers = out
        written = chunk.format
        if written in (b"u", b"z"):
            job = _Job.make(1, chunk.buffers[2], chunk.buffers[1] + 4 * chunk.offset, chunk.validity, chunk.offset, <uintptr_t>&answers[0])
        elif written in (b"U", b"Z"):
            job = _Job.make(2, chunk.buffers[2], chunk.buffers[1] + 8 * chunk.offset, chunk.validity, chunk.offset, <uintptr_t>&answers[0])
        else:
            buffers = <const uint8_t **>malloc((len(chunk.buffers) + 1) * sizeof(uint8_t *))
            if buffers is NULL:
                raise MemoryError
            for place, address in enumerate(chunk.buffers[2:]):
                buffers[place] = <const uint8_t *><uintptr_t>address
            job = _Job.make(3, <uintptr_t>buffers, chunk.buffers[1] + 16 * chunk.offset, chunk.validity, chunk.offset, <uintptr_t>&answers[0])
        try:
            left = self._in_parts(job, chunk.length, parts_of(chunk.length, threads))
        finally:
            free(buffers)
        for row in undecided(out, left):
            out[row] = self._odd(chunk.text(row))

    def take(self, chunk, const int32_t[::1] answers, int32_t[::1] out):
        """Give each row of a dictionary-encoded array the answer of its member; False where it has no such member."""
        cdef uintptr_t places = chunk.buffers[1] if chunk.length else 0
        cdef uintptr_t validity = chunk.validity
        cdef bytes written = chunk.format
        cdef int64_t first = chunk.offset
        if written == b"c":
            return take_places[int8_t](<const int8_t *>places, validity, first, answers, out)
        if written == b"C":
            return take_places[uint8_t](<const uint8_t *>places, validity, first, answers, out)
        if written == b"s":
            return take_places[int16_t](<const int16_t *>places, validity, first, answers, out)
        if written == b"S":
            return take_places[uint16_t](<const uint16_t *>places, validity, first, answers, out)
        if written == b"i":
            return take_places[int32_t](<const int32_t *>places, validity, first, answers, out)
        if written == b"I":
            return take_places[uint32_t](<const uint32_t *>places, validity, first, answers, out)
        if written == b"l":
            return take_places[int64_t](<const int64_t *>places, validity, first, answers, out)
        return take_places[uint64_t](<const uint64_t *>places, validity, first, answers, out)

    def _in_parts(self, _Job job, size_t count, size_t parts):
        """Run the job over its rows, by several threads; how many the kernel left."""
        if parts == 1:
            return self._run(job, 0, count)
        starts = deque(range(0, count, ROWS_AT_ONCE))  # threads that share an iterator may miss items without the GIL
        with ThreadPoolExecutor(parts - 1) as pool:
            others = [pool.submit(self._take_turns, job, starts, count) for _ in range(parts - 1)]
            return self._take_turns(job, starts, count) + sum(other.result() for other in others)

    def _take_turns(self, _Job job, starts, size_t count):
        """Run some rows after others until none are left: a thread whose core is shared takes fewer."""
        cdef size_t left = 0, width = ROWS_AT_ONCE, start
        while True:
            try:
                start = starts.popleft()
            except IndexError:
                return left
            left += self._run(job, start, min(start + width, count))

    def _run(self, _Job job, size_t start, size_t stop):
        """Run the job over some rows; how many the kernel left."""
        cdef int kind = job.kind
        cdef uintptr_t data = job.data, offsets = job.offsets
        cdef const uint8_t *validity = <const uint8_t *>job.validity
        cdef int32_t *answers = <int32_t *>job.answers + start
        cdef int64_t first = job.first + <int64_t>start
        cdef size_t count = stop - start, left
        with nogil:
            if kind == 0:
                left = kernel_match(self._table, <const kernel_text *>data + start, count, answers)
            elif kind == 1:
                left = kernel_match_utf8(self._table, <const uint8_t *>data, <const int32_t *>offsets + start, validity, first, count, answers)
            elif kind == 2:
                left = kernel_match_large_utf8(self._table, <const uint8_t *>data, <const int64_t *>offsets + start, validity, first, count, answers)
            else:
                left = kernel_match_views(self._table, <const uint8_t *>offsets + 16 * start, <const uint8_t **>data, validity, first, count, answers)
        return left

    def _odd(self, address):
        """Ask the Python engine of the address's type, made when it is first needed."""
        kind = read_address(address).type
        engine = self._python.get(kind)
        if engine is None:
            engine = self._python.setdefault(kind, PythonEngine(self._plan.of_type(kind)))
        return engine.match(address)

    @property
    def size(self):
        """Octets that the kernel holds."""
        return kernel_size(self._table)


cdef class _Job:
    """Where texts and answers stand."""

    cdef int kind
    cdef uintptr_t data, offsets, validity, answers
    cdef int64_t first

    @staticmethod
    def make(int kind, uintptr_t data, uintptr_t offsets, uintptr_t validity, int64_t first, uintptr_t answers):
        cdef _Job job = _Job()
        job.kind, job.data, job.offsets, job.validity, job.first, job.answers = kind, data, offsets, validity, first, answers
        return job


ctypedef fused place_t:
    int8_t
    uint8_t
    int16_t
    uint16_t
    int32_t
    uint32_t
    int64_t
    uint64_t


cdef bint take_places(
    const place_t *places, uintptr_t validity, int64_t first, const int32_t[::1] answers, int32_t[::1] out
) noexcept:
    cdef const uint8_t *valid = <const uint8_t *>validity
    cdef uint64_t place, members = answers.shape[0]
    cdef int64_t row, at
    cdef bint known = True
    with nogil:
        for row in range(out.shape[0]):
            at = first + row
            if valid is not NULL and not (valid[at >> 3] >> (at & 7)) & 1:
                out[row] = -1
                continue
            place = <uint64_t>places[at]  # a place below zero is beyond every member
            if place >= members:
                known = False
                break
            out[row] = answers[place]
    return known


cdef size_t parts_of(size_t count, threads):
    """Return how many threads work: as many as the caller says, or by the number of rows."""
    cdef size_t parts = threads or 1
    if threads is None and count >= 2 * ROWS_A_THREAD:  # asking for the number of cores takes as long as 100 addresses
        parts = max(1, min(os.cpu_count() or 1, count // ROWS_A_THREAD))
    return max(1, min(parts, count))


cdef int gather(list items, size_t start, size_t stop, kernel_text *texts) except -1:
    """Point to the texts of some rows; what the kernel can't read is marked as too long."""
    cdef size_t place
    cdef object item
    cdef PyObject *there
    cdef kernel_text *found = texts
    for place in range(start, stop):
        if place + AHEAD < stop:
            kernel_ask_memory(PyList_GET_ITEM(items, place + AHEAD))
        there = PyList_GET_ITEM(items, place)
        if PyUnicode_CheckExact(<object>there) and is_compact_ascii(there):
            found.text = <const uint8_t *>ascii_data(there)
            found.length = ascii_length(there)
        else:
            item = <object>there
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


cdef list as_list(values):
    return values if type(values) is list else list(values)


cdef list undecided(out, size_t left):
    """Return the rows that the kernel did not decide, of which there are so many."""
    cdef int32_t[::1] answers
    cdef size_t row
    cdef list found = []
    if not left:
        return found
    answers = out
    for row in range(len(out)):
        if answers[row] == KERNEL_ODD:
            found.append(row)
    return found


def odd_rows(list types, list patterns, list costs, list connectors, set plain_types):
    """Return the rows of a table that are not plain: see `proxyaddr.routing.columns`."""
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
            if length and (text[0] == 0x20 or text[length - 1] == 0x20 or text[length - 1] == 0x3B):
                plain = False
        if not plain:
            found.append(row)
    return found


def floor(uintptr_t data, uintptr_t offsets, size_t count, hashed):
    """Read each octet of Arrow text, or hash each text an octet at a time: what a benchmark compares with."""
    cdef uint64_t found
    cdef bint by_hash = hashed
    with nogil:
        if by_hash:
            found = kernel_floor_hash(<const uint8_t *>data, <const int32_t *>offsets, count)
        else:
            found = kernel_floor_read(<const uint8_t *>data, <const int32_t *>offsets, count)
    return found
