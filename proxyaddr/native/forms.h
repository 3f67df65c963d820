/* The forms that most addresses have, read by the column; what has another form is left to the grammar.
 *
 * Common are `TYPE:value`, `user@domain` in ASCII without quotes and brackets, and `[TYPE:value]` without escapes
 * (grammar/one_off.lark), and for encapsulated addresses what is written strictly as MS-OXCMAIL says. Nothing here
 * knows Python; outputs are buffers of Arrow arrays, with a bit a row for the odd rows that were left. */
#ifndef PROXYADDR_FORMS_H
#define PROXYADDR_FORMS_H

#include "text_column.h"

enum {
    FORMS_TYPES = 64,        /* types that are told apart here; rows of any further type are odd */
    FORMS_LONGEST_TYPE = 24, /* octets */
    FORMS_UNTYPED = 5,       /* octets that a key has more than its text: `SMTP:` */
};

/* The types met, upper case, filled up with zeros. */
typedef struct {
    int32_t count, full;
    uint8_t names[FORMS_TYPES][FORMS_LONGEST_TYPE];
} forms_types;

/* Text of an Arrow array: offsets[0] is 0; room in data for what the function says. */
typedef struct {
    int32_t *offsets;
    uint8_t *data;
} forms_text;

/* Return the number of a type, which is added where it is new; -1 where it is too long or they are too many. */
int32_t forms_type(forms_types *types, const uint8_t *name, size_t length);

/* Return how many octets a column's texts have at most. */
int64_t forms_octets(const text_column *column, size_t count);

/* Read addresses: value has room for the column's octets. Return how many rows are odd. */
size_t forms_parse(const text_column *column, size_t count, forms_types *types, int32_t *numbers, forms_text value,
                   uint8_t *valid, uint8_t *primary, uint8_t *proxy, uint8_t *odd);

/* Write `TYPE:value` in lower case but for the type: key has room for FORMS_UNTYPED octets more a row. */
size_t forms_normalize(const text_column *column, size_t count, forms_text key, uint8_t *valid, uint8_t *odd);

/* Read encapsulated addresses; bad marks those that are none. */
size_t forms_decapsulate(const text_column *column, size_t count, forms_types *types, int32_t *numbers,
                         forms_text value, forms_text domain, uint8_t *valid, uint8_t *bad, uint8_t *odd);

#endif
