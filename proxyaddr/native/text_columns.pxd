# What text_column.h and arrow.h declare, for all bindings.
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, int64_t, uint8_t

cdef extern from "text_column.h":
    ctypedef enum text_layout:
        TEXT_POINTERS
    ctypedef struct text_pointer:
        const uint8_t *text
        int64_t length
    ctypedef struct text_column:
        text_layout layout
        const void *items
    ctypedef struct text_span:
        const uint8_t *start
        int64_t length
    text_span text_at(const text_column *column, text_layout layout, int64_t row) noexcept nogil
    int64_t text_bytes(const text_column *column, size_t count) noexcept nogil

cdef extern from "arrow.h":
    struct ArrowSchema:
        const char *format
        const char *name
        ArrowSchema *dictionary
        void (*release)(ArrowSchema *) noexcept nogil
    struct ArrowArray:
        int64_t length
        int64_t n_buffers
        const void **buffers
        ArrowArray *dictionary
        void (*release)(ArrowArray *) noexcept nogil
        void *private_data
    struct ArrowArrayStream:
        int (*get_schema)(ArrowArrayStream *, ArrowSchema *) noexcept nogil
        int (*get_next)(ArrowArrayStream *, ArrowArray *) noexcept nogil
        const char *(*get_last_error)(ArrowArrayStream *) noexcept nogil
    int arrow_text_column(text_column *column, const char *format, const ArrowArray *array) noexcept nogil
    bint arrow_is_null(const ArrowArray *array, int64_t row) noexcept nogil
    int64_t arrow_member(const ArrowArray *array, char format, int64_t row) noexcept nogil
    int64_t arrow_take(const ArrowArray *array, char format, const int32_t *values, int64_t members, int32_t null,
                       int32_t *out) noexcept nogil


cdef inline ArrowSchema *schema_in(object capsule) except NULL:
    return <ArrowSchema *>PyCapsule_GetPointer(capsule, "arrow_schema")


cdef inline ArrowArray *array_in(object capsule) except NULL:
    return <ArrowArray *>PyCapsule_GetPointer(capsule, "arrow_array")


cdef inline ArrowArrayStream *stream_in(object capsule) except NULL:
    return <ArrowArrayStream *>PyCapsule_GetPointer(capsule, "arrow_array_stream")
