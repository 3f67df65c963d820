/* Read the forms that most addresses have, a column at a time; the grammar reads all others.
 *
 * Common are `TYPE:value`, `user@domain` in ASCII without quotes and brackets, and `[TYPE:value]` without escapes
 * (grammar/one_off.lark), and encapsulated addresses exactly as MS-OXCMAIL writes them. Nothing here knows Python; the
 * outputs are buffers of Arrow arrays, and `undecided` has a bit for each row that is left to the grammar. */
#ifndef PROXYADDR_FORMS_H
#define PROXYADDR_FORMS_H

#include "text_column.h"

enum {
    FORMS_TYPES = 64,        /* types that get a number here; rows of any further type are undecided */
    FORMS_LONGEST_TYPE = 24, /* bytes */
    FORMS_UNTYPED = 5,       /* bytes by which a key may be longer than its text: `SMTP:` */
};

/* The types in the order in which they came, in upper case, padded with zeros. */
typedef struct {
    int32_t count, full;
    uint8_t names[FORMS_TYPES][FORMS_LONGEST_TYPE];
} forms_types;

/* Buffers for the text of an Arrow array; each function says how much room it needs in data. */
typedef struct {
    int32_t *offsets;
    uint8_t *data;
} forms_text;

/* Return the number of a type, which is added where it is new; -1 where it is too long or there are too many. */
int32_t forms_type(forms_types *types, const uint8_t *name, size_t length);

/* Read addresses; value has room for the column's text_bytes. Return how many rows are undecided. */
size_t forms_parse(const text_column *column, size_t count, forms_types *types, int32_t *numbers, forms_text value,
                   uint8_t *valid, uint8_t *primary, uint8_t *proxy, uint8_t *undecided);

/* Write `TYPE:value`, the value in lower case; key has room for FORMS_UNTYPED bytes more a row. */
size_t forms_normalize(const text_column *column, size_t count, forms_text key, uint8_t *valid, uint8_t *undecided);

/* Read encapsulated addresses; `bad` marks rows that are not encapsulated. */
size_t forms_decapsulate(const text_column *column, size_t count, forms_types *types, int32_t *numbers,
                         forms_text value, forms_text domain, uint8_t *valid, uint8_t *bad, uint8_t *undecided);

#endif
