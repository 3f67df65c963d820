#include "forms.h"

#include "ascii.h"

enum { LOCAL_PART_MAX_LENGTH = 315, MAX_LENGTH = 571 }; /* MS-OXCMAIL 2.1.3.1.8 */

enum { ONE_OFF, SECONDARY, PRIMARY };

typedef struct {
    uint8_t type[FORMS_LONGEST_TYPE];
    size_t type_length;
    const uint8_t *value, *end;
    int written; /* ONE_OFF, SECONDARY or PRIMARY */
    int ascii;
} form;

/* Sets of ASCII characters, a bit each. */
typedef struct {
    uint64_t low, high;
} set;

#define LOW(c) (UINT64_C(1) << (c))
#define HIGH(c) (UINT64_C(1) << ((c)-64))

static inline int is_in(set chars, uint8_t c) {
    return c < 64 ? chars.low >> c & 1 : c < 128 && chars.high >> (c - 64) & 1;
}

/* Not allowed here in the domain of a MAILBOX; the grammar takes some of these control characters, and a domain with a
 * `/` or a `=` may be the rest of an O/R address. */
#define SPECIAL_LOW \
    (UINT64_C(0x1ffffffff) | LOW('"') | LOW('(') | LOW(')') | LOW(',') | LOW(';') | LOW('<') | LOW('>'))
#define SPECIAL_HIGH (HIGH('[') | HIGH(']') | HIGH(127))
static const set SPECIAL = {SPECIAL_LOW | LOW('/') | LOW('='), SPECIAL_HIGH};
/* Not allowed in its local part. */
static const set LOCAL_SPECIAL = {SPECIAL_LOW | LOW(':'), SPECIAL_HIGH | HIGH('@')};
/* Not allowed in an encapsulated address, unless encoded. */
static const set ENCODED_SPECIAL = {SPECIAL_LOW | LOW(':'), SPECIAL_HIGH | HIGH('@') | HIGH('\\')};

/* Return whether a text is UTF-8: no overlong form, no surrogate, nothing above U+10FFFF (Unicode, table 3-7). */
static int is_utf8(const uint8_t *text, const uint8_t *end) {
    while (text < end) {
        uint8_t c = *text++, least = 0x80, most = 0xbf;
        int more;
        if (c < 0x80)
            continue;
        if (c >= 0xc2 && c <= 0xdf) {
            more = 1;
        } else if (c >= 0xe0 && c <= 0xef) {
            more = 2;
            if (c == 0xe0)
                least = 0xa0;
            if (c == 0xed)
                most = 0x9f;
        } else if (c >= 0xf0 && c <= 0xf4) {
            more = 3;
            if (c == 0xf0)
                least = 0x90;
            if (c == 0xf4)
                most = 0x8f;
        } else {
            return 0;
        }
        if (end - text < more || *text < least || *text > most)
            return 0;
        for (text++; more > 1; more--)
            if ((*text++ & 0xc0) != 0x80)
                return 0;
    }
    return 1;
}

static inline int is_letter(uint8_t c) { return (uint8_t)((c | 0x20) - 'a') < 26; }
static inline int is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

/* TYPE: /(?=[0-9&._-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9&._-]/ and more of the last. Return where it ends, NULL where there
 * is none. */
static const uint8_t *read_type(const uint8_t *text, const uint8_t *end, form *found) {
    int letters = 0, lower = 0;
    size_t length = 0;
    if (text == end || !(is_letter(*text) || is_digit(*text)))
        return NULL;
    memset(found->type, 0, sizeof found->type);
    for (; text < end; text++) {
        uint8_t c = *text;
        if (is_letter(c)) {
            letters = 1;
            lower |= c & 0x20;
            c &= 0xdf;
        } else if (!(is_digit(c) || c == '&' || c == '.' || c == '_' || c == '-')) {
            break;
        }
        if (length == FORMS_LONGEST_TYPE)
            return NULL;
        found->type[length++] = c;
    }
    if (!letters)
        return NULL;
    if (length == 5 && !memcmp(found->type, "X.400", 5)) { /* Q89410 writes X.400, every later article X400 */
        memcpy(found->type, "X400\0", 5);
        length = 4;
    }
    if (length == 6 && !memcmp(found->type, "MAILTO", 6)) /* a link, not a type */
        return NULL;
    if (length == 3 && !memcmp(found->type, "DDA", 3)) /* a part of an O/R address, not a type */
        return NULL;
    found->type_length = length;
    found->written = lower ? SECONDARY : PRIMARY;
    return text;
}

/* Set the value without blanks at its ends. Return 0 where it is blank or not UTF-8. */
static int set_value(form *found, const uint8_t *value, const uint8_t *end) {
    trim(&value, &end);
    found->value = value;
    found->end = end;
    found->ascii = is_ascii(value, end);
    return value < end && (found->ascii || is_utf8(value, end));
}

/* "[" TYPE ":" VALUE "]" without a name, brackets inside or escapes. */
static int read_bracketed(const uint8_t *text, const uint8_t *end, form *found) {
    const uint8_t *value = read_type(text + 1, end, found);
    if (!value || value == end || *value != ':' || end[-1] != ']')
        return 0;
    for (const uint8_t *each = ++value; each < end - 1; each++)
        if (*each == '[' || *each == ']' || *each == '\\')
            return 0;
    found->written = ONE_OFF;
    return set_value(found, value, end - 1);
}

/* TYPE ":" VALUE. White space outside ASCII may surround the value, and csvde writes the semicolons of X.400 behind
 * backslashes: only the parser tells both from text. */
static int read_typed(form *found, const uint8_t *value, const uint8_t *end) {
    if (!set_value(found, value, end) || *found->value >= 0x80 || found->end[-1] >= 0x80)
        return 0;
    for (const uint8_t *each = found->value; (each = memchr(each, '\\', (size_t)(found->end - each))); each++)
        if (each + 1 < found->end && each[1] == ';')
            return 0;
    return 1;
}

/* MAILBOX, of SMTP, without apostrophes or braces around it. */
static int read_mailbox(const uint8_t *text, const uint8_t *end, form *found) {
    const uint8_t *each = text;
    if (*text == '\'' || *text == '{')
        return 0;
    while (each < end && *each < 0x80 && !is_in(LOCAL_SPECIAL, *each))
        each++;
    if (each == text || each == end || *each++ != '@' || each == end)
        return 0;
    for (; each < end; each++)
        if (*each >= 0x80 || is_in(SPECIAL, *each))
            return 0;
    memset(found->type, 0, sizeof found->type);
    memcpy(found->type, "SMTP", 4);
    found->type_length = 4;
    found->written = ONE_OFF;
    found->value = text;
    found->end = end;
    found->ascii = 1;
    return 1;
}

/* address: PREFIX REST? | one_off. Return 0 where the form is not a common one. */
static int read_form(const uint8_t *text, int64_t length, form *found) {
    const uint8_t *end = text + length, *start = text, *value;
    trim(&text, &end);
    if (text == end)
        return 0;
    if (*text == '[')
        return text == start && read_bracketed(text, end, found);
    if (text != start && (memchr(text, '[', (size_t)(end - text)) || memchr(text, '<', (size_t)(end - text))))
        return 0; /* a name may begin with blanks, a type may not */
    value = read_type(text, end, found);
    if (value) {
        while (value < end && (*value == ' ' || *value == '\t'))
            value++;
        if (value < end && *value == ':')
            return read_typed(found, value + 1, end);
    }
    return read_mailbox(text, end, found);
}

int32_t forms_type(forms_types *types, const uint8_t *name, size_t length) {
    uint8_t padded[FORMS_LONGEST_TYPE] = {0};
    if (length > FORMS_LONGEST_TYPE)
        return -1;
    memcpy(padded, name, length);
    for (int32_t number = 0; number < types->count; number++)
        if (!memcmp(types->names[number], padded, sizeof padded))
            return number;
    if (types->full || types->count == FORMS_TYPES)
        return -1;
    memcpy(types->names[types->count], padded, sizeof padded);
    return types->count++;
}

size_t forms_parse(const text_column *column, size_t count, forms_types *types, int32_t *numbers, forms_text value,
                   uint8_t *valid, uint8_t *primary, uint8_t *proxy, uint8_t *undecided) {
    uint8_t *to = value.data;
    size_t left = 0;
    value.offsets[0] = 0;
    for (size_t row = 0; row < count; row++) {
        form found;
        text_span text = text_at(column, column->layout, (int64_t)row);
        int32_t number = -1;
        int good = text.length > 0 && read_form(text.start, text.length, &found) &&
                   (number = forms_type(types, found.type, found.type_length)) >= 0;
        if (good) {
            size_t bytes = (size_t)(found.end - found.value);
            memcpy(to, found.value, bytes);
            to += bytes;
        }
        left += !good && text.length >= 0;
        numbers[row] = good ? number : 0;
        value.offsets[row + 1] = (int32_t)(to - value.data);
        put_bit(valid, row, good);
        put_bit(primary, row, good && found.written == PRIMARY);
        put_bit(proxy, row, good && found.written != ONE_OFF);
        put_bit(undecided, row, !good && text.length >= 0);
    }
    return left;
}

size_t forms_normalize(const text_column *column, size_t count, forms_text key, uint8_t *valid, uint8_t *undecided) {
    uint8_t *to = key.data;
    size_t left = 0;
    key.offsets[0] = 0;
    for (size_t row = 0; row < count; row++) {
        form found;
        text_span text = text_at(column, column->layout, (int64_t)row);
        int good = text.length > 0 && read_form(text.start, text.length, &found) && found.ascii;
        if (good) {
            memcpy(to, found.type, found.type_length);
            to += found.type_length;
            *to++ = ':';
            size_t bytes = (size_t)(found.end - found.value);
            for (size_t place = 0; place < bytes; place++) {
                uint8_t c = found.value[place];
                to[place] = (uint8_t)(c | ((uint8_t)(c - 'A') < 26) << 5);
            }
            to += bytes;
        }
        left += !good && text.length >= 0;
        key.offsets[row + 1] = (int32_t)(to - key.data);
        put_bit(valid, row, good);
        put_bit(undecided, row, !good && text.length >= 0);
    }
    return left;
}

static int of_hexadecimal(uint8_t c) {
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum { NOT_COMMON, ENCAPSULATED, NOT_ENCAPSULATED };

/* IMCEA<TYPE>-<encoded>@domain: write the decoded value, and find the type and, as the value, the domain. */
static int read_encapsulated(const uint8_t *text, int64_t length, form *found, uint8_t **to) {
    static const char PREFIX[] = "IMCEA";
    const uint8_t *end = text + length, *domain, *hyphen, *local_end, *each;
    uint8_t *decoded = *to;
    trim(&text, &end);
    for (size_t place = 0; place < sizeof PREFIX - 1; place++) {
        uint8_t c = text + place < end ? text[place] : 0;
        if (c != PREFIX[place]) /* in another case it may be a prefix; the upper case of some letters outside ASCII is I */
            return c < 0x80 && (c & 0xdf) != PREFIX[place] && (is_ascii(text, end) || is_utf8(text, end)) ? NOT_ENCAPSULATED
                                                                                                         : NOT_COMMON;
    }
    for (domain = end; domain > text && domain[-1] != '@';)
        domain--;
    if (domain == text || domain == end || end - text > MAX_LENGTH)
        return NOT_COMMON;
    local_end = domain - 1;
    text += sizeof PREFIX - 1;
    hyphen = memchr(text, '-', (size_t)(local_end - text));
    if (!hyphen || hyphen + 1 == local_end || local_end - text > LOCAL_PART_MAX_LENGTH - ((int)sizeof PREFIX - 1) ||
        read_type(text, hyphen, found) != hyphen)
        return NOT_COMMON;
    for (each = domain; each < end; each++)
        if (*each >= 0x80 || is_in(ENCODED_SPECIAL, *each))
            return NOT_COMMON;
    for (each = hyphen + 1; each < local_end; each++) {
        if (*each >= 0x80 || is_in(ENCODED_SPECIAL, *each))
            return NOT_COMMON;
        if (*each != '+') {
            *decoded++ = *each == '_' ? '/' : *each;
            continue;
        }
        if (local_end - each < 3 || of_hexadecimal(each[1]) < 0 || of_hexadecimal(each[2]) < 0)
            return NOT_COMMON;
        *decoded++ = (uint8_t)(of_hexadecimal(each[1]) << 4 | of_hexadecimal(each[2]));
        each += 2;
    }
    if (!is_utf8(*to, decoded))
        return NOT_COMMON; /* Latin-1 */
    *to = decoded;
    found->value = domain;
    found->end = end;
    return ENCAPSULATED;
}

size_t forms_decapsulate(const text_column *column, size_t count, forms_types *types, int32_t *numbers,
                         forms_text value, forms_text domain, uint8_t *valid, uint8_t *bad, uint8_t *undecided) {
    uint8_t *to = value.data, *to_domain = domain.data;
    size_t left = 0;
    value.offsets[0] = domain.offsets[0] = 0;
    for (size_t row = 0; row < count; row++) {
        uint8_t *decoded = to;
        form found;
        text_span text = text_at(column, column->layout, (int64_t)row);
        int what = text.length < 0 ? NOT_COMMON : read_encapsulated(text.start, text.length, &found, &decoded);
        int32_t number = what == ENCAPSULATED ? forms_type(types, found.type, found.type_length) : -1;
        int is_undecided = text.length >= 0 && what != NOT_ENCAPSULATED && number < 0;
        if (number >= 0) {
            size_t bytes = (size_t)(found.end - found.value);
            memcpy(to_domain, found.value, bytes);
            to_domain += bytes;
            to = decoded;
        }
        left += (size_t)is_undecided;
        numbers[row] = number < 0 ? 0 : number;
        value.offsets[row + 1] = (int32_t)(to - value.data);
        domain.offsets[row + 1] = (int32_t)(to_domain - domain.data);
        put_bit(valid, row, number >= 0);
        put_bit(bad, row, what == NOT_ENCAPSULATED);
        put_bit(undecided, row, is_undecided);
    }
    return left;
}
