# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""A thin binding of forms.c and route_kinds.c, which read whole columns with the GIL released."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uintptr_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

__all__ = ["RouteKinds", "TextColumn", "Types"]

cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object text)

cdef extern from "text_column.h":
    const int TEXT_UTF8
    const int TEXT_LARGE_UTF8
    const int TEXT_VIEWS
    ctypedef struct text_column:
        int layout
        const uint8_t *data
        const void *places
        const uint8_t **buffers
        const uint8_t *validity
        int64_t first

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
    int64_t forms_octets(const text_column *column, size_t count) nogil
    size_t forms_parse(const text_column *column, size_t count, forms_types *types, int32_t *numbers, forms_text value,
                       uint8_t *valid, uint8_t *primary, uint8_t *proxy, uint8_t *odd) nogil
    size_t forms_normalize(const text_column *column, size_t count, forms_text key, uint8_t *valid, uint8_t *odd) nogil
    size_t forms_decapsulate(const text_column *column, size_t count, forms_types *types, int32_t *numbers,
                             forms_text value, forms_text domain, uint8_t *valid, uint8_t *bad, uint8_t *odd) nogil

cdef extern from "route_kinds.h":
    const int ROUTE_ASK
    ctypedef struct route_kind:
        int32_t connector
        int32_t cost
        uint8_t kind
        uint8_t how
    void route_kind_of(route_kind *route, const uint8_t *pattern, size_t length, int by_domain)
    size_t route_kinds(const route_kind *routes, const int32_t *indices, const text_column *column, size_t count,
                       int32_t *connectors, int32_t *costs, int8_t *kinds, uint8_t *valid, uint8_t *odd) nogil

UNTYPED = FORMS_UNTYPED
"""Octets a row by which the keys of a column may be longer than its texts."""

cdef dict LAYOUTS = {4: TEXT_UTF8, 8: TEXT_LARGE_UTF8, 16: TEXT_VIEWS}


cdef class TextColumn:
    """Where the texts of an Arrow array stand; `width` is that of its offsets or views, `buffers` are addresses."""

    cdef text_column _column
    cdef const uint8_t **_buffers
    cdef size_t _count

    def __cinit__(self, int width, list buffers, int64_t first, size_t count):
        cdef size_t place
        self._column.layout = LAYOUTS[width]
        self._column.validity = <const uint8_t *><uintptr_t>buffers[0]
        self._column.places = <const void *><uintptr_t>buffers[1]
        self._column.first = first
        self._count = count
        if self._column.layout != TEXT_VIEWS:
            self._column.data = <const uint8_t *><uintptr_t>buffers[2]
            return
        self._buffers = <const uint8_t **>malloc(len(buffers) * sizeof(uint8_t *))
        if self._buffers is NULL:
            raise MemoryError
        for place in range(2, len(buffers)):
            self._buffers[place - 2] = <const uint8_t *><uintptr_t>buffers[place]
        self._column.buffers = self._buffers

    def __dealloc__(self):
        free(self._buffers)

    @property
    def octets(self):
        """How many octets the texts have at most."""
        return forms_octets(&self._column, self._count)


cdef class Types:
    """The types met in a column, numbered in the order in which they were met."""

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

    def parse(self, TextColumn column, uintptr_t numbers, uintptr_t offsets, uintptr_t data, uintptr_t valid,
              uintptr_t primary, uintptr_t proxy, uintptr_t odd):
        """Read addresses into buffers; return how many rows are left."""
        cdef forms_text value = forms_text(<int32_t *>offsets, <uint8_t *>data)
        cdef size_t left
        with nogil:
            left = forms_parse(&column._column, column._count, &self._types, <int32_t *>numbers, value,
                               <uint8_t *>valid, <uint8_t *>primary, <uint8_t *>proxy, <uint8_t *>odd)
        return left

    def decapsulate(self, TextColumn column, uintptr_t numbers, uintptr_t offsets, uintptr_t data,
                    uintptr_t domain_offsets, uintptr_t domain_data, uintptr_t valid, uintptr_t bad, uintptr_t odd):
        """Read encapsulated addresses into buffers; return how many rows are left."""
        cdef forms_text value = forms_text(<int32_t *>offsets, <uint8_t *>data)
        cdef forms_text domain = forms_text(<int32_t *>domain_offsets, <uint8_t *>domain_data)
        cdef size_t left
        with nogil:
            left = forms_decapsulate(&column._column, column._count, &self._types, <int32_t *>numbers, value, domain,
                                     <uint8_t *>valid, <uint8_t *>bad, <uint8_t *>odd)
        return left


def normalize(TextColumn column, uintptr_t offsets, uintptr_t data, uintptr_t valid, uintptr_t odd):
    """Write keys into buffers; return how many rows are left."""
    cdef forms_text key = forms_text(<int32_t *>offsets, <uint8_t *>data)
    cdef size_t left
    with nogil:
        left = forms_normalize(&column._column, column._count, key, <uint8_t *>valid, <uint8_t *>odd)
    return left


cdef class RouteKinds:
    """What a table says of its routes, by index."""

    cdef route_kind *_routes

    def __cinit__(self, list patterns, list costs, list connectors, dict known, bint by_domain):
        """Take a number for each connector; `known` has kind and how it is told for the rows where the pattern won't do."""
        cdef size_t row
        cdef object pattern
        self._routes = <route_kind *>calloc(len(patterns) + 1, sizeof(route_kind))
        if self._routes is NULL:
            raise MemoryError
        for row in range(len(patterns)):
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
        free(self._routes)

    def fill(self, TextColumn column, uintptr_t indices, uintptr_t connectors, uintptr_t costs, uintptr_t kinds,
             uintptr_t valid, uintptr_t odd):
        """Fill buffers for the routes that addresses take; return how many rows are left."""
        cdef size_t left
        with nogil:
            left = route_kinds(self._routes, <const int32_t *>indices, &column._column, column._count,
                               <int32_t *>connectors, <int32_t *>costs, <int8_t *>kinds, <uint8_t *>valid,
                               <uint8_t *>odd)
        return left
