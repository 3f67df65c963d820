/* A column of text, read where it lies: the one accessor for every layout of the Arrow columnar format, and for texts
 * that are pointed to one by one. */
#ifndef PROXYADDR_TEXT_COLUMN_H
#define PROXYADDR_TEXT_COLUMN_H

#include "compiler.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum { TEXT_POINTERS, TEXT_UTF8, TEXT_LARGE_UTF8, TEXT_VIEWS } text_layout;

enum { VIEW_BYTES = 16, LONGEST_INLINE_VIEW = 12 };

/* A text of TEXT_POINTERS; a length below zero stands for null. 32 bytes before its end must be readable, as they are in
 * the objects of Python that hold text; what they hold does not count. */
typedef struct {
    const uint8_t *text;
    int64_t length;
} text_pointer;

typedef struct {
    text_layout layout;
    const uint8_t *data;           /* the text of the two layouts with offsets */
    const void *items;             /* text_pointers, offsets of 4 or 8 bytes, or views */
    const uint8_t *const *buffers; /* the text of long views */
    const uint8_t *validity;       /* a bit an item, NULL where none is null; not of text_pointers */
    int64_t first;                 /* the item with which the column starts */
} text_column;

typedef struct {
    const uint8_t *start;
    int64_t length;   /* below zero for null */
    int64_t readable; /* so many bytes before the end of the text, at least, may be read */
} text_span;

static inline int bit_at(const uint8_t *bits, int64_t place) { return bits[place >> 3] >> (place & 7) & 1; }

/* Return where the text of a row lies. A loop over many rows passes the layout as a constant, and is compiled for it. */
ALWAYS_INLINE text_span text_at(const text_column *column, text_layout layout, int64_t row) {
    row += column->first;
    if (layout == TEXT_POINTERS) {
        const text_pointer *pointer = (const text_pointer *)column->items + row;
        return (text_span){pointer->text, pointer->length, INT64_MAX};
    }
    int is_null = column->validity && !bit_at(column->validity, row);
    if (layout == TEXT_UTF8) {
        const int32_t *offsets = (const int32_t *)column->items + row;
        return (text_span){column->data + offsets[0], is_null ? -1 : (int64_t)offsets[1] - offsets[0], offsets[1]};
    }
    if (layout == TEXT_LARGE_UTF8) {
        const int64_t *offsets = (const int64_t *)column->items + row;
        return (text_span){column->data + offsets[0], is_null ? -1 : offsets[1] - offsets[0], offsets[1]};
    }
    const uint8_t *view = (const uint8_t *)column->items + VIEW_BYTES * row;
    int32_t length, buffer, start;
    memcpy(&length, view, 4);
    if (is_null)
        return (text_span){view, -1, 0};
    if (length <= LONGEST_INLINE_VIEW)
        return (text_span){view + 4, length, VIEW_BYTES * row};
    memcpy(&buffer, view + 8, 4);
    memcpy(&start, view + 12, 4);
    return (text_span){column->buffers[buffer] + start, length, (int64_t)start + length};
}

/* Return how many bytes the texts of a column have at most. */
static inline int64_t text_bytes(const text_column *column, size_t count) {
    int64_t bytes = 0;
    if (count && column->layout == TEXT_UTF8) {
        const int32_t *offsets = (const int32_t *)column->items + column->first;
        return (int64_t)offsets[count] - offsets[0];
    }
    if (count && column->layout == TEXT_LARGE_UTF8) {
        const int64_t *offsets = (const int64_t *)column->items + column->first;
        return offsets[count] - offsets[0];
    }
    for (size_t row = 0; row < count; row++) {
        text_span text = text_at(column, column->layout, (int64_t)row);
        bytes += text.length < 0 ? 0 : text.length;
    }
    return bytes;
}

/* Set the bit of a row, for rows in order: the first of eight clears the others. */
static inline void put_bit(uint8_t *bits, size_t row, int bit) {
    if (row & 7)
        bits[row >> 3] |= (uint8_t)(bit << (row & 7));
    else
        bits[row >> 3] = (uint8_t)bit;
}

#endif
