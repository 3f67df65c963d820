/* Blanks, case and ASCII: what the kernel and the forms ask of bytes. */
#ifndef PROXYADDR_ASCII_H
#define PROXYADDR_ASCII_H

#include <stdint.h>
#include <string.h>

/* Space, tab, line ends, form feed, vertical tab. */
static inline int is_blank(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static inline uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }

/* Move both ends of a text inwards, past its blanks. */
static inline void trim(const uint8_t **start, const uint8_t **end) {
    while (*start < *end && is_blank(**start))
        ++*start;
    while (*start < *end && is_blank((*end)[-1]))
        --*end;
}

/* Return whether all bytes of a text are ASCII. */
static inline int is_ascii(const uint8_t *text, const uint8_t *end) {
    uint64_t all = 0, eight;
    if (end - text < 8) {
        uint8_t few = 0;
        while (text < end)
            few |= *text++;
        return few < 0x80;
    }
    for (; end - text >= 64; text += 64) { /* one step of a compiler's vectors */
        uint64_t each[8];
        memcpy(each, text, 64);
        all |= (each[0] | each[1]) | (each[2] | each[3]) | ((each[4] | each[5]) | (each[6] | each[7]));
    }
    for (; end - text >= 8; text += 8) {
        memcpy(&eight, text, 8);
        all |= eight;
    }
    memcpy(&eight, end - 8, 8); /* the last eight, some of them for the second time */
    return !((all | eight) & UINT64_C(0x8080808080808080));
}

#endif
