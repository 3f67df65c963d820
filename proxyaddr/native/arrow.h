/* The Arrow C data interface, and the columns of text in it. */
#ifndef PROXYADDR_ARROW_H
#define PROXYADDR_ARROW_H

#include "text_column.h"

struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

static inline const uint8_t *arrow_validity(const struct ArrowArray *array) {
    return array->n_buffers && array->null_count ? (const uint8_t *)array->buffers[0] : NULL;
}

/* Point a column to the texts of an array, which must outlive it; -1 where the format is not one of text. */
static inline int arrow_text_column(text_column *column, const char *format, const struct ArrowArray *array) {
    static const char *const formats[] = {"u", "z", "U", "Z", "vu", "vz"};
    static const text_layout layouts[] = {TEXT_UTF8, TEXT_UTF8, TEXT_LARGE_UTF8, TEXT_LARGE_UTF8, TEXT_VIEWS, TEXT_VIEWS};
    memset(column, 0, sizeof *column);
    for (size_t number = 0; number < sizeof layouts / sizeof *layouts; number++) {
        if (strcmp(format, formats[number]))
            continue;
        column->layout = layouts[number];
        column->validity = arrow_validity(array);
        column->first = array->offset;
        column->items = array->buffers[1];
        if (column->layout == TEXT_VIEWS)
            column->buffers = (const uint8_t *const *)array->buffers + 2;
        else
            column->data = (const uint8_t *)array->buffers[2];
        return 0;
    }
    return -1;
}

/* Return whether a row of an array is null. */
static inline int arrow_is_null(const struct ArrowArray *array, int64_t row) {
    const uint8_t *validity = arrow_validity(array);
    return validity && !bit_at(validity, array->offset + row);
}

/* Return which member of its dictionary a row names, below zero where it can be none. The format is one of cCsSiIlL. */
ALWAYS_INLINE int64_t arrow_member(const struct ArrowArray *array, char format, int64_t row) {
    const void *items = array->buffers[1];
    row += array->offset;
    switch (format) {
    case 'c':
        return ((const int8_t *)items)[row];
    case 'C':
        return ((const uint8_t *)items)[row];
    case 's':
        return ((const int16_t *)items)[row];
    case 'S':
        return ((const uint16_t *)items)[row];
    case 'i':
        return ((const int32_t *)items)[row];
    case 'I':
        return ((const uint32_t *)items)[row];
    default: /* 'l', and 'L', whose largest numbers are no members */
        return ((const int64_t *)items)[row];
    }
}

ALWAYS_INLINE int64_t arrow_take_as(const struct ArrowArray *array, char format, const int32_t *values, int64_t members,
                                    int32_t null, int32_t *out) {
    const uint8_t *validity = arrow_validity(array);
    for (int64_t row = 0; row < array->length; row++) {
        if (validity && !bit_at(validity, array->offset + row)) {
            out[row] = null;
            continue;
        }
        int64_t member = arrow_member(array, format, row);
        if (member < 0 || member >= members)
            return row;
        out[row] = values[member];
    }
    return -1;
}

/* Give each row of a dictionary-encoded array the value of the member that it names. Return -1, or the first row that names
 * none. */
static inline int64_t arrow_take(const struct ArrowArray *array, char format, const int32_t *values, int64_t members,
                                 int32_t null, int32_t *out) {
    switch (format) { /* constants, so that the loop is compiled for each */
    case 'c':
        return arrow_take_as(array, 'c', values, members, null, out);
    case 'C':
        return arrow_take_as(array, 'C', values, members, null, out);
    case 's':
        return arrow_take_as(array, 's', values, members, null, out);
    case 'S':
        return arrow_take_as(array, 'S', values, members, null, out);
    case 'i':
        return arrow_take_as(array, 'i', values, members, null, out);
    case 'I':
        return arrow_take_as(array, 'I', values, members, null, out);
    default:
        return arrow_take_as(array, 'l', values, members, null, out);
    }
}

#endif
