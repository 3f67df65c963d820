/* The kernel of the native engine: tables from domains and addresses to routes, and look-ups by the block.
 *
 * It knows folded ASCII text and numbers. What it does not decide it says so (KERNEL_ODD), and the Python engine answers.
 */
#ifndef PROXYADDR_KERNEL_H
#define PROXYADDR_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define KERNEL_NONE (-1)      /* no route */
#define KERNEL_ODD (-2)       /* not decided here: text beyond ASCII, wildcards in an address, a type of components, length */
#define KERNEL_LONGEST 255    /* octets of an address that is decided here */
#define KERNEL_MAX_TYPES 100
#define KERNEL_MARGIN 32

typedef struct kernel kernel;

/* One address: `length` below zero stands for null. KERNEL_MARGIN octets before its end must be readable, as they are in
 * the objects of Python that hold text; what they hold does not count. */
typedef struct {
    const uint8_t *text;
    int64_t length;
} kernel_text;

/* Make an empty table for about `rows` spaces; NULL without memory. `by_domain` is the dialect of Exchange 2007. */
kernel *kernel_new(int by_domain, uint64_t rows, uint64_t seed);
void kernel_free(kernel *table);

/* Name a type, in upper case; the number to pass for it, or -1 when there are too many or its name is too long. */
int kernel_add_type(kernel *table, const uint8_t *name, size_t length);

/* Another spelling of a type; 0, or -1 as above. */
int kernel_add_alias(kernel *table, int type, const uint8_t *name, size_t length);

/* Answer every address of a type with one route, or with KERNEL_ODD. */
void kernel_set_constant(kernel *table, int type, int32_t answer);

/* Answer every address of a type that was not named with one route, or with KERNEL_ODD. */
void kernel_set_other_types(kernel *table, int32_t answer);

/* Add a pattern of printable ASCII; of two that fit alike the lower rank wins, then the lower answer.
 * 0, or -1 without memory, or 1 when only KERNEL_ODD can answer for this type (the caller sets that). */
int kernel_add(kernel *table, int type, const uint8_t *pattern, size_t length, int32_t answer, int32_t rank);

/* Ask memory for where a pattern will go, some rows before it is added. */
void kernel_expect(const kernel *table, int type, const uint8_t *pattern, size_t length);

/* Ask memory for a text that is read soon. */
static inline void kernel_ask_memory(const void *text) {
#if defined(__GNUC__)
    __builtin_prefetch((const char *)text + 16); /* behind the reference count, where a text of Python says what it is */
    __builtin_prefetch((const char *)text + 80);
#else
    (void)text;
#endif
}

/* Make the filters; 0, or -1 without memory. No row is added afterwards. */
int kernel_finish(kernel *table);

/* Answer one address, which has the margin of a kernel_text. */
int32_t kernel_match_one(const kernel *table, const uint8_t *text, int64_t length);

/* Answer `count` addresses; several threads may ask at once. Each of these tells how many it left as KERNEL_ODD. */
size_t kernel_match(const kernel *table, const kernel_text *texts, size_t count, int32_t *answers);

/* The same for Arrow text: `offsets` has one more member than `count`; `validity` may be NULL, bits from `first`. */
size_t kernel_match_utf8(const kernel *table, const uint8_t *data, const int32_t *offsets, const uint8_t *validity,
                         int64_t first, size_t count, int32_t *answers);
size_t kernel_match_large_utf8(const kernel *table, const uint8_t *data, const int64_t *offsets, const uint8_t *validity,
                             int64_t first, size_t count, int32_t *answers);
size_t kernel_match_views(const kernel *table, const uint8_t *views, const uint8_t *const *buffers,
                        const uint8_t *validity, int64_t first, size_t count, int32_t *answers);

/* Octets that the table holds. */
uint64_t kernel_size(const kernel *table);

/* The floors that a benchmark compares with: read each octet; or fold, find the parts and hash without a table. */
uint64_t kernel_floor_hash(const uint8_t *data, const int32_t *offsets, size_t count);
uint64_t kernel_floor_read(const uint8_t *data, const int32_t *offsets, size_t count);

#endif
