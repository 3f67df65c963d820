# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The binding of forms.c and route_kinds.c, which read whole columns with the GIL released.

Outputs are buffers of bytes with room for what a function writes; ValueError where one is too small.
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from text_columns cimport array_in, arrow_text_column, schema_in, text_bytes, text_column

__all__ = ["RouteKinds", "TextColumn", "Types", "normalize"]

cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object text)

cdef extern from "forms.h":
    const int FORMS_LONGEST_TYPE
    const int FORMS_UNTYPED
    ctypedef struct forms_types:
        int32_t count
        int32_t full
        uint8_t names[64][24]
    ctypedef struct forms_text:
        int32_t *offsets
        uint8_t *data
    int32_t forms_type(forms_types *types, const uint8_t *name, size_t length)
    size_t forms_parse(const text_column *column, size_t count, forms_types *types, int32_t *numbers, forms_text value,
                       uint8_t *valid, uint8_t *primary, uint8_t *proxy, uint8_t *undecided) nogil
    size_t forms_normalize(const text_column *column, size_t count, forms_text key, uint8_t *valid,
                           uint8_t *undecided) nogil
    size_t forms_decapsulate(const text_column *column, size_t count, forms_types *types, int32_t *numbers,
                             forms_text value, forms_text domain, uint8_t *valid, uint8_t *bad,
                             uint8_t *undecided) nogil

cdef extern from "route_kinds.h":
    ctypedef struct route_kind:
        int32_t connector
        int32_t cost
        uint8_t kind
        uint8_t how
    void route_kind_of(route_kind *route, const uint8_t *pattern, size_t length, int by_domain)
    size_t route_kinds(const route_kind *routes, const int32_t *indices, const text_column *column, size_t count,
                       int32_t *connectors, int32_t *costs, int8_t *kinds, uint8_t *valid, uint8_t *undecided) nogil

UNTYPED = FORMS_UNTYPED
"""Bytes a row by which the keys of a column may be longer than its texts."""


cdef class TextColumn:
    """The texts of an Arrow array, read where they lie; TypeError for an array that holds no text."""

    cdef text_column _column
    cdef size_t _count
    cdef int64_t _text_bytes
    cdef object _capsules  # they keep the texts

    def __cinit__(self, array):
        schema, values = self._capsules = array.__arrow_c_array__()
        if arrow_text_column(&self._column, schema_in(schema).format, array_in(values)):
            raise TypeError("a column holds text")
        self._count = array_in(values).length
        self._text_bytes = -1

    @property
    def text_bytes(self):
        """How many bytes the texts have at most."""
        return self._size()

    cdef int64_t _size(self) noexcept:
        if self._text_bytes < 0:
            self._text_bytes = text_bytes(&self._column, self._count)
        return self._text_bytes


cdef class Types:
    """The types of a column, numbered in the order in which they come."""

    cdef forms_types _types
    cdef dict _others

    def __cinit__(self):
        memset(&self._types, 0, sizeof(forms_types))
        self._others = {}

    def number(self, str name):
        """Return the number of a type, which is added where it is new."""
        written = name.encode("ascii")
        cdef int32_t found = forms_type(&self._types, <const uint8_t *><const char *>written, len(written))
        if found >= 0:
            return found
        self._types.full = 1  # so that the numbers of all others go on from here
        return self._others.setdefault(name, self._types.count + len(self._others))

    @property
    def words(self):
        """The types in the order of their numbers."""
        known = [bytes(self._types.names[number][:FORMS_LONGEST_TYPE]) for number in range(self._types.count)]
        return [*(name.rstrip(b"\0").decode("ascii") for name in known), *self._others]

    def parse(self, TextColumn column, int8_t[::1] numbers, int8_t[::1] offsets, int8_t[::1] data, int8_t[::1] valid,
              int8_t[::1] primary, int8_t[::1] proxy, int8_t[::1] undecided):
        """Read addresses; return how many rows are undecided."""
        cdef int32_t *number = int32s(numbers, column._count)
        cdef forms_text value = text_of(offsets, data, column, 0)
        cdef uint8_t *is_valid = bits(valid, column._count)
        cdef uint8_t *is_primary = bits(primary, column._count)
        cdef uint8_t *is_proxy = bits(proxy, column._count)
        cdef uint8_t *is_undecided = bits(undecided, column._count)
        cdef size_t left
        with nogil:
            left = forms_parse(&column._column, column._count, &self._types, number, value, is_valid, is_primary,
                               is_proxy, is_undecided)
        return left

    def decapsulate(self, TextColumn column, int8_t[::1] numbers, int8_t[::1] offsets, int8_t[::1] data,
                    int8_t[::1] domain_offsets, int8_t[::1] domain_data, int8_t[::1] valid, int8_t[::1] bad,
                    int8_t[::1] undecided):
        """Read encapsulated addresses; return how many rows are undecided."""
        cdef int32_t *number = int32s(numbers, column._count)
        cdef forms_text value = text_of(offsets, data, column, 0)
        cdef forms_text domain = text_of(domain_offsets, domain_data, column, 0)
        cdef uint8_t *is_valid = bits(valid, column._count)
        cdef uint8_t *is_bad = bits(bad, column._count)
        cdef uint8_t *is_undecided = bits(undecided, column._count)
        cdef size_t left
        with nogil:
            left = forms_decapsulate(&column._column, column._count, &self._types, number, value, domain, is_valid,
                                     is_bad, is_undecided)
        return left


def normalize(TextColumn column, int8_t[::1] offsets, int8_t[::1] data, int8_t[::1] valid, int8_t[::1] undecided):
    """Write comparison keys; return how many rows are undecided."""
    cdef forms_text key = text_of(offsets, data, column, FORMS_UNTYPED)
    cdef uint8_t *is_valid = bits(valid, column._count)
    cdef uint8_t *is_undecided = bits(undecided, column._count)
    cdef size_t left
    with nogil:
        left = forms_normalize(&column._column, column._count, key, is_valid, is_undecided)
    return left


cdef class RouteKinds:
    """Connector, cost and kind of match of each route of a table, by index."""

    cdef route_kind *_routes  # before the first is that of no route
    cdef size_t _count

    def __cinit__(self, list patterns, list costs, list connectors, dict known, bint by_domain):
        """Take a number for each connector; `known` has kind and how for the rows whose patterns are not read here."""
        cdef size_t row
        cdef object pattern
        self._count = len(patterns)
        cdef route_kind *none = <route_kind *>calloc(self._count + 1, sizeof(route_kind))
        if none is NULL:
            raise MemoryError
        self._routes = none + 1
        for row in range(self._count):
            self._routes[row].connector = connectors[row]
            self._routes[row].cost = costs[row]
            pattern = patterns[row]
            if row in known:
                self._routes[row].kind, self._routes[row].how = known[row]
            elif PyUnicode_IS_COMPACT_ASCII(pattern):
                route_kind_of(
                    &self._routes[row], <const uint8_t *>PyUnicode_DATA(pattern), PyUnicode_GET_LENGTH(pattern), by_domain
                )
            else:
                pattern = pattern.encode()
                route_kind_of(&self._routes[row], <const uint8_t *><const char *>pattern, len(pattern), by_domain)

    def __dealloc__(self):
        if self._routes is not NULL:
            free(self._routes - 1)

    def fill(self, TextColumn column, const int8_t[::1] indices, int8_t[::1] connectors, int8_t[::1] costs,
             int8_t[::1] kinds, int8_t[::1] valid, int8_t[::1] undecided):
        """Fill the columns for the routes that addresses take, -1 for none; return how many rows are undecided."""
        cdef const int8_t *index = readable(indices, sizeof(int32_t) * column._count)
        cdef int32_t *connector = int32s(connectors, column._count)
        cdef int32_t *cost = int32s(costs, column._count)
        cdef int8_t *kind = room(kinds, column._count)
        cdef uint8_t *is_valid = bits(valid, column._count)
        cdef uint8_t *is_undecided = bits(undecided, column._count)
        cdef size_t left
        with nogil:
            left = route_kinds(self._routes, <const int32_t *>index, &column._column, column._count, connector, cost,
                               kind, is_valid, is_undecided)
        return left


cdef const int8_t *readable(const int8_t[::1] buffer, size_t size) except? NULL:
    if <size_t>buffer.shape[0] < size:
        raise ValueError(f"a buffer of {buffer.shape[0]} bytes, not of {size}")
    return &buffer[0]


cdef int8_t *room(int8_t[::1] buffer, size_t size) except? NULL:
    return <int8_t *>readable(buffer, size)


cdef int32_t *int32s(int8_t[::1] buffer, size_t count) except? NULL:
    return <int32_t *>room(buffer, sizeof(int32_t) * count)


cdef uint8_t *bits(int8_t[::1] buffer, size_t count) except? NULL:
    return <uint8_t *>room(buffer, (count + 7) // 8)


cdef forms_text text_of(int8_t[::1] offsets, int8_t[::1] data, TextColumn column, size_t more) except *:
    """Return buffers for texts as long as those of a column, and so many bytes more a row."""
    cdef size_t size = column._size() + more * column._count
    return forms_text(int32s(offsets, column._count + 1), <uint8_t *>room(data, size))
