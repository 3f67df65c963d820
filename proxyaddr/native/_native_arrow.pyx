# cython: language_level=3, freethreading_compatible=True
"""Export int32 values through the Arrow C data interface. Their release runs no Python code, so that errors outlive it."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.exc cimport PyErr_Fetch, PyErr_Restore
from cpython.object cimport PyObject
from cpython.pycapsule cimport PyCapsule_New
from libc.stdint cimport int32_t
from libc.stdlib cimport calloc, free

from text_columns cimport ArrowArray, ArrowSchema, array_in, schema_in

__all__ = ["exported"]

cdef struct Lent:
    Py_buffer values
    const void *buffers[2]  # no validity


def exported(values):
    """Return type and values of an object with a buffer of int32 as capsules; the values are shared, not copied."""
    return capsule_of_type(), capsule_of(values)


cdef capsule_of_type():
    cdef ArrowSchema *schema = <ArrowSchema *>zeroed(sizeof(ArrowSchema))
    schema.format, schema.name, schema.release = b"i", b"", release_schema
    return PyCapsule_New(schema, "arrow_schema", destroy_schema)


cdef capsule_of(values):
    cdef ArrowArray *array = <ArrowArray *>zeroed(sizeof(ArrowArray))
    found = PyCapsule_New(array, "arrow_array", destroy_array)  # frees it, whatever fails from here on
    cdef Lent *lent = <Lent *>zeroed(sizeof(Lent))
    try:
        PyObject_GetBuffer(values, &lent.values, PyBUF_SIMPLE)
    except BaseException:
        free(lent)
        raise
    lent.buffers[1] = lent.values.buf
    array.length, array.n_buffers, array.buffers = lent.values.len // sizeof(int32_t), 2, lent.buffers
    array.private_data, array.release = lent, release_array
    return found


cdef void *zeroed(size_t size) except NULL:
    cdef void *found = calloc(1, size)
    if found == NULL:
        raise MemoryError
    return found


cdef void release_schema(ArrowSchema *schema) noexcept nogil:
    schema.release = NULL


cdef void release_array(ArrowArray *array) noexcept with gil:
    """Release the buffer; an exception that is on its way in the caller is kept."""
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
    cdef ArrowSchema *schema = schema_in(capsule)
    if schema.release != NULL:  # nobody took it
        schema.release(schema)
    free(schema)


cdef void destroy_array(object capsule) noexcept:
    cdef ArrowArray *array = array_in(capsule)
    if array.release != NULL:
        array.release(array)
    free(array)
