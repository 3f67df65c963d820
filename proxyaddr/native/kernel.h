/* The kernel of the native engine: tables from domains and addresses to routes, and look-ups by the block.
 *
 * It knows folded ASCII text and numbers. Where it can't decide it answers KERNEL_UNDECIDED, and the Python engine decides.
 */
#ifndef PROXYADDR_KERNEL_H
#define PROXYADDR_KERNEL_H

#include "text_column.h"

#define KERNEL_NONE (-1)      /* no route */
#define KERNEL_UNDECIDED (-2) /* beyond ASCII, with a wildcard or a dot at its end, of a type compared otherwise or shown by its shape, too long */
#define KERNEL_LONGEST 255    /* bytes of an address that is decided here */
#define KERNEL_MAX_TYPES 100
#define KERNEL_MARGIN 32      /* bytes before the end of a text that may be read; see text_pointer */

typedef struct kernel kernel;

/* Make an empty table for about `rows` spaces; NULL without memory. `by_domain` is a dialect of Exchange 2000 or later. */
kernel *kernel_new(int by_domain, uint64_t rows, uint64_t seed);
void kernel_free(kernel *table);

/* Name a type, in upper case. Return the number to pass for it, or -1 when there are too many or its name is too long. */
int kernel_add_type(kernel *table, const uint8_t *name, size_t length);

/* Add another spelling of a type. Return 0, or -1 as above. */
int kernel_add_alias(kernel *table, int type, const uint8_t *name, size_t length);

/* Answer every address of a type with one route, or with KERNEL_UNDECIDED. */
void kernel_set_constant(kernel *table, int type, int32_t answer);

/* Answer every address of a type that was not named with one route, or with KERNEL_UNDECIDED. */
void kernel_set_other_types(kernel *table, int32_t answer);

/* Leave undecided an address whose type, before a colon, has a blank in it. */
void kernel_set_types_with_blanks(kernel *table);

/* Add a pattern of printable ASCII; of two that match equally well the lower rank wins, then the lower answer.
 * Return 0, or -1 without memory, or 1 when the kernel can't decide for this type (the caller sets KERNEL_UNDECIDED). */
int kernel_add(kernel *table, int type, const uint8_t *pattern, size_t length, int32_t answer, int32_t rank);

/* Prefetch the bucket into which a pattern goes that is added some rows later. */
void kernel_prefetch_bucket(const kernel *table, int type, const uint8_t *pattern, size_t length);

/* Prefetch a str of Python that is read soon. */
static inline void kernel_prefetch_text(const void *text) {
    PREFETCH((const char *)text + 16); /* after the reference count, where the str says what it is */
    PREFETCH((const char *)text + 80);
}

/* Make the filters; no row may be added afterwards. Return 0, or -1 without memory. */
int kernel_finish(kernel *table);

/* Return the answer for one address; KERNEL_MARGIN bytes before its end must be readable. */
int32_t kernel_match_one(const kernel *table, const uint8_t *text, int64_t length);

/* Answer `count` rows of a column from `start` on; several threads may do so at once. Return how many are undecided. */
size_t kernel_match(const kernel *table, const text_column *column, int64_t start, size_t count, int32_t *answers);

/* Return how many bytes the table holds. */
uint64_t kernel_size(const kernel *table);

#endif
