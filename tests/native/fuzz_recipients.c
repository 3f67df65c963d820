/* Random recipients through recipients.c and holdings.c, under sanitizers: see tests/README.md. */
#include "recipients.h"

#include "inputs.h"

enum { ROWS = 24, ITEMS = 64, COLUMNS = 8, LONGEST = 400 };

typedef struct {
    uint8_t *data;
    int32_t offsets[ITEMS + 1];
    uint8_t validity[(ITEMS + 7) / 8];
    text_column column;
} texts;

/* Pieces that make addresses and names; the last takes a byte as it is. */
static size_t text_of(uint8_t *to, const uint8_t **data, size_t *size) {
    static const char *const pieces[] = {"SMTP:", "smtp:", "SIP:", "X500:", "/o=", "/ou=", "/cn=", "@", "a", ".b", " ", "jane@b.com",
                                         "3D",    "|",     "=",    "X.400", "\xe3\x80\x80", "\xe3\x81\x81", "\xc3\xa9", "_", "-", "abcdefgh"};
    size_t length = 0;
    for (int count = take(data, size) % 8; count; count--) {
        uint8_t piece = take(data, size) % 24;
        char one[2] = {(char)take(data, size), 0};
        const char *text = piece < 22 ? pieces[piece] : one;
        size_t width = piece < 22 ? strlen(text) : 1;
        for (int again = take(data, size) > 245 ? 60 : 1; again && length + width <= LONGEST; again--) {
            memcpy(to + length, text, width);
            length += width;
        }
    }
    return length;
}

static void fill(texts *to, int count, const uint8_t **data, size_t *size) {
    uint8_t *joined = malloc(ITEMS * LONGEST + 1);
    if (!joined)
        abort();
    memset(to, 0, sizeof *to);
    for (int item = 0; item < count; item++) {
        to->offsets[item + 1] = to->offsets[item] + (int32_t)text_of(joined + to->offsets[item], data, size);
        put_bit(to->validity, (size_t)item, take(data, size) > 20);
    }
    size_t bytes = (size_t)to->offsets[count];
    to->data = malloc(bytes ? bytes : 1); /* so that a read past the last text is seen */
    if (!to->data)
        abort();
    memcpy(to->data, joined, bytes);
    free(joined);
    to->column = (text_column){TEXT_UTF8, to->data, to->offsets, NULL, to->validity, 0};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static texts all[COLUMNS + 1];
    uint8_t kinds[ROWS], bits[ROWS / 8 + 1] = {0};
    int32_t offsets[ROWS + 1] = {0}, odd[ROWS];
    domain_table domains = {.seed = 7};
    holdings held = {.seed = 7};
    recipient_rules rules = {1 + take(&data, &size) % 8, 40 + take(&data, &size), take(&data, &size) & 1, take(&data, &size) & 1};
    if (rules.longest_proxy > 256)
        rules.longest_proxy = 256;
    for (int row = 0; row < ROWS; row++) {
        kinds[row] = take(&data, &size) & 15;
        offsets[row + 1] = offsets[row] + take(&data, &size) % 4;
        if (offsets[row + 1] > ITEMS)
            offsets[row + 1] = ITEMS;
    }
    const text_column *columns[COLUMNS];
    fill(&all[COLUMNS], ITEMS, &data, &size);
    for (int column = 0; column < COLUMNS; column++) {
        fill(&all[column], ROWS, &data, &size);
        columns[column] = take(&data, &size) & 1 ? &all[column].column : NULL;
    }
    recipient_columns given = {&all[COLUMNS].column, offsets, columns[0], columns[1], columns[2], columns[3],
                               columns[4], columns[5], columns[6], columns[7], kinds};
    int64_t found = recipients_judge(&given, ROWS, &rules, &domains, &held, 0, odd);
    for (; domains.judged_end < domains.names_end; domains.judged_end += (size_t)domains.names[domains.judged_end] + 1)
        domain_judge(&domains, domains.names + domains.judged_end + 1, domains.names[domains.judged_end],
                     (uint8_t)(take(&data, &size) & 15));
    held.count = 0;
    found = recipients_judge(&given, ROWS, &rules, &domains, &held, 0, odd);
    if (found < 0 || found > ROWS || domains.judged_end != domains.names_end)
        abort();
    holdings_sort(&held);
    holdings_shared(&held, bits);
    for (size_t place = 0; place < held.count; place++) {
        uint64_t hash = holding_hash(held.items + place);
        size_t first = holdings_find(&held, hash);
        if (first > place || holding_hash(held.items + first) != hash || (place && holding_hash(held.items + place - 1) > hash))
            abort();
        note((int64_t)hash);
    }
    for (int64_t row = 0; row < found; row++)
        note(odd[row]);
    note(bits[0]);
    for (int column = 0; column <= COLUMNS; column++)
        free(all[column].data);
    free(domains.slots);
    free(domains.names);
    free(held.items);
    return 0;
}
