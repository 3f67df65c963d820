/* A column of text in the layouts of the Arrow columnar format, read where it stands. */
#ifndef PROXYADDR_TEXT_COLUMN_H
#define PROXYADDR_TEXT_COLUMN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { TEXT_UTF8, TEXT_LARGE_UTF8, TEXT_VIEWS };

typedef struct {
    int layout;
    const uint8_t *data;           /* of the two layouts with offsets */
    const void *places;            /* offsets of 4 or 8 octets, or views */
    const uint8_t *const *buffers; /* of views */
    const uint8_t *validity;       /* NULL where no text is null */
    int64_t first;                 /* row of places and validity with which the column starts */
} text_column;

static inline int bit_at(const uint8_t *bits, int64_t place) { return bits[place >> 3] >> (place & 7) & 1; }

/* Return the length of a text and where it stands; -1 for null. */
static inline int64_t text_at(const text_column *column, int64_t row, const uint8_t **text) {
    row += column->first;
    if (column->validity && !bit_at(column->validity, row))
        return -1;
    if (column->layout == TEXT_UTF8) {
        const int32_t *offsets = (const int32_t *)column->places + row;
        *text = column->data + offsets[0];
        return offsets[1] - offsets[0];
    }
    if (column->layout == TEXT_LARGE_UTF8) {
        const int64_t *offsets = (const int64_t *)column->places + row;
        *text = column->data + offsets[0];
        return offsets[1] - offsets[0];
    }
    const uint8_t *view = (const uint8_t *)column->places + 16 * row;
    int32_t parts[4]; /* length, prefix, buffer, start */
    memcpy(parts, view, sizeof parts);
    *text = parts[0] <= 12 ? view + 4 : column->buffers[parts[2]] + parts[3];
    return parts[0];
}

/* The rest of a text without blanks at its ends: space, tab, line ends, form feed, vertical tab. */
static inline int is_blank(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static inline void trim(const uint8_t **start, const uint8_t **end) {
    while (*start < *end && is_blank(**start))
        ++*start;
    while (*start < *end && is_blank((*end)[-1]))
        --*end;
}

/* Tell whether all octets of a text are ASCII. */
static inline int is_ascii(const uint8_t *text, const uint8_t *end) {
    uint64_t all = 0, eight;
    if (end - text < 8) {
        uint8_t few = 0;
        while (text < end)
            few |= *text++;
        return few < 0x80;
    }
    for (; end - text >= 8; text += 8) {
        memcpy(&eight, text, 8);
        all |= eight;
    }
    memcpy(&eight, end - 8, 8); /* the last, once more in part */
    return !((all | eight) & UINT64_C(0x8080808080808080));
}

/* Bits of eight rows at a time. */
static inline void put_bit(uint8_t *bits, size_t row, int bit) {
    if (row & 7)
        bits[row >> 3] |= (uint8_t)(bit << (row & 7));
    else
        bits[row >> 3] = (uint8_t)bit;
}

#endif
