/* Random tables and addresses through the kernel, under sanitizers: see tests/README.md. */
#include "kernel.h"

#include "inputs.h"

/* Pieces that make look-ups meet; the last takes an byte as it is. */
static size_t text_of(uint8_t *to, size_t room, const uint8_t **data, size_t *size) {
    static const char *const pieces[] = {"a", "b", "@", ".", "*", "%", "com", "*@", "*@*.", "SMTP:", "fax:", "X", " ", ":"};
    size_t length = 0;
    uint8_t count = take(data, size);
    uint8_t repeat = count > 250 ? 40 : 1;
    for (count %= 12; count; count--) {
        uint8_t piece = take(data, size) % 16;
        for (uint8_t again = 0; again < repeat; again++) {
            char one[2] = {(char)take(data, size), 0};
            const char *text = piece < 14 ? pieces[piece] : one;
            size_t width = piece < 14 ? strlen(text) : 1;
            if (length + width > room)
                return length;
            memcpy(to + length, text, width);
            length += width;
        }
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t head = take(&data, &size), rows = take(&data, &size) % 64;
    kernel *table = kernel_new(head & 1, head & 2 ? rows : 0, head * UINT64_C(0x9e3779b97f4a7c15));
    if (!table)
        return 0;
    int smtp = kernel_add_type(table, (const uint8_t *)"SMTP", 4), fax = kernel_add_type(table, (const uint8_t *)"FAX", 3);
    kernel_add_alias(table, fax, (const uint8_t *)"X", 1);
    if (head & 4)
        kernel_set_types_with_blanks(table);
    for (int32_t row = 0; row < rows; row++) {
        uint8_t pattern[1500];
        size_t length = text_of(pattern, sizeof pattern, &data, &size);
        for (size_t place = 0; place < length; place++)
            pattern[place] &= 0x7f;
        kernel_prefetch_bucket(table, smtp, pattern, length);
        int type = take(&data, &size) & 1 ? smtp : fax; /* not among the arguments, whose order compilers choose */
        if (kernel_add(table, type, pattern, length, row, take(&data, &size) & 3) > 0)
            kernel_set_constant(table, smtp, KERNEL_UNDECIDED);
    }
    if (!kernel_finish(table)) {
        enum { ASKED = 40 };
        text_pointer texts[ASKED];
        int32_t answers[ASKED], offsets[ASKED + 1] = {0}, again[ASKED];
        uint8_t *joined = malloc(ASKED * 700);
        for (int each = 0; each < ASKED; each++) {
            uint8_t *copy, address[700];
            size_t length = text_of(address, sizeof address, &data, &size);
            copy = calloc(1, KERNEL_MARGIN + length); /* of its exact size, so that a read past it is seen */
            if (copy)
                memcpy(copy + KERNEL_MARGIN, address, length);
            texts[each] = (text_pointer){copy + KERNEL_MARGIN, copy ? (int64_t)length : -1};
            memcpy(joined + offsets[each], address, length);
            offsets[each + 1] = offsets[each] + (int32_t)length;
        }
        uint8_t *exact = malloc((size_t)offsets[ASKED]);
        if (exact)
            memcpy(exact, joined, (size_t)offsets[ASKED]);
        text_column pointed = {.layout = TEXT_POINTERS, .items = texts};
        text_column narrow = {.layout = TEXT_UTF8, .data = exact, .items = offsets};
        kernel_match(table, &pointed, 0, ASKED, answers);
        if (exact)
            kernel_match(table, &narrow, 0, ASKED, again);
        for (int each = 0; each < ASKED; each++) {
            int32_t one = kernel_match_one(table, texts[each].text, texts[each].length);
            if (texts[each].length > 0 && exact && (one != answers[each] || again[each] != one))
                abort(); /* the ways in agree */
            if (one < KERNEL_UNDECIDED || one >= rows)
                abort();
            note(one);
            free((uint8_t *)texts[each].text - KERNEL_MARGIN);
        }
        free(exact);
        free(joined);
        if (!kernel_size(table))
            abort();
    }
    kernel_free(table);
    return 0;
}
