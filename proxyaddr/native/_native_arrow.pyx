# cython: language_level=3, freethreading_compatible=True
"""Lends int32 values through the Arrow C data interface; what releases them runs no Python code, so errors outlive it."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.exc cimport PyErr_Fetch, PyErr_Restore
from cpython.object cimport PyObject
from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_New
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free

__all__ = ["exported"]

cdef struct ArrowSchema:
    const char *format
    const char *name
    const char *metadata
    int64_t flags
    int64_t n_children
    ArrowSchema **children
    ArrowSchema *dictionary
    void (*release)(ArrowSchema *) noexcept
    void *private_data

cdef struct ArrowArray:
    int64_t length
    int64_t null_count
    int64_t offset
    int64_t n_buffers
    int64_t n_children
    const void **buffers
    ArrowArray **children
    ArrowArray *dictionary
    void (*release)(ArrowArray *) noexcept
    void *private_data

cdef struct Lent:
    Py_buffer values
    const void *buffers[2]  # no validity


def exported(values):
    """Return type and values of an object with a buffer of int32 as capsules; the values stay where they are."""
    return capsule_of_type(), capsule_of(values)


cdef capsule_of_type():
    cdef ArrowSchema *schema = <ArrowSchema *>allotted(sizeof(ArrowSchema))
    schema.format, schema.name, schema.release = b"i", b"", release_schema
    return PyCapsule_New(schema, "arrow_schema", destroy_schema)


cdef capsule_of(values):
    cdef ArrowArray *array = <ArrowArray *>allotted(sizeof(ArrowArray))
    found = PyCapsule_New(array, "arrow_array", destroy_array)  # frees it, whatever fails from here on
    cdef Lent *lent = <Lent *>allotted(sizeof(Lent))
    try:
        PyObject_GetBuffer(values, &lent.values, PyBUF_SIMPLE)
    except BaseException:
        free(lent)
        raise
    lent.buffers[1] = lent.values.buf
    array.length, array.n_buffers, array.buffers = lent.values.len // sizeof(int32_t), 2, lent.buffers
    array.private_data, array.release = lent, release_array
    return found


cdef void *allotted(size_t octets) except NULL:
    cdef void *found = calloc(1, octets)
    if found == NULL:
        raise MemoryError
    return found


cdef void release_schema(ArrowSchema *schema) noexcept:
    schema.release = NULL


cdef void release_array(ArrowArray *array) noexcept with gil:
    """Give the values back; whoever calls this may be in the midst of an error, which stays."""
    cdef PyObject *kind
    cdef PyObject *error
    cdef PyObject *trace
    cdef Lent *lent = <Lent *>array.private_data
    PyErr_Fetch(&kind, &error, &trace)
    PyBuffer_Release(&lent.values)
    PyErr_Restore(kind, error, trace)
    free(lent)
    array.release = NULL


cdef void destroy_schema(object capsule) noexcept:
    cdef ArrowSchema *schema = <ArrowSchema *>PyCapsule_GetPointer(capsule, "arrow_schema")
    if schema.release != NULL:  # nobody took it
        schema.release(schema)
    free(schema)


cdef void destroy_array(object capsule) noexcept:
    cdef ArrowArray *array = <ArrowArray *>PyCapsule_GetPointer(capsule, "arrow_array")
    if array.release != NULL:
        array.release(array)
    free(array)
