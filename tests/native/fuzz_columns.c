/* Random columns through forms.c and route_kinds.c, under sanitizers: see tests/README.md. */
#include "forms.h"
#include "route_kinds.h"

#include "inputs.h"

enum { ROWS = 40, ROUTES = 16, LONGEST = 700 };

typedef struct {
    size_t undecided;
    int32_t numbers[ROWS], offsets[ROWS + 1], domain_offsets[ROWS + 1], costs[ROWS];
    int8_t kinds[ROWS];
    uint8_t bits[5][(ROWS + 7) / 8];
    uint8_t *data, *domain_data;
} answers;

/* Pieces that make forms; the last takes an byte as it is. */
static size_t text_of(uint8_t *to, const uint8_t **data, size_t *size) {
    static const char *const pieces[] = {"SMTP:", "smtp:", "[", "]", "x.400", ":", "@", "a", ".b", " ", "IMCEA", "IMCEAFAX-",
                                         "+2B",   "+",     "-", "*", "%",     "_", "\xc3\xa9", "3", "&", "abcdefghijklmnopqrstuv"};
    size_t length = 0;
    for (int count = take(data, size) % 12; count; count--) {
        uint8_t piece = take(data, size) % 24;
        char one[2] = {(char)take(data, size), 0};
        const char *text = piece < 22 ? pieces[piece] : one;
        size_t width = piece < 22 ? strlen(text) : 1;
        for (int again = take(data, size) > 250 ? 40 : 1; again && length + width <= LONGEST; again--) {
            memcpy(to + length, text, width);
            length += width;
        }
    }
    return length;
}

static void *room(size_t bytes) {
    void *found = malloc(bytes ? bytes : 1);
    if (!found)
        abort();
    return found;
}

static void check_offsets(const int32_t *offsets, int64_t most) {
    for (int row = 0; row < ROWS; row++)
        if (offsets[row] < 0 || offsets[row + 1] < offsets[row])
            abort();
    if (offsets[ROWS] > most)
        abort();
}

static void read_all(int what, const text_column *column, answers *to, const route_kind *routes, const int32_t *indices) {
    int64_t bytes = text_bytes(column, ROWS);
    forms_types types = {0};
    memset(to, 0, sizeof *to);
    to->data = room((size_t)bytes + (what == 1 ? FORMS_UNTYPED * ROWS : 0)); /* exactly what is asked for */
    to->domain_data = room((size_t)bytes);
    forms_text text = {to->offsets, to->data}, domain = {to->domain_offsets, to->domain_data};
    if (what == 0)
        to->undecided = forms_parse(column, ROWS, &types, to->numbers, text, to->bits[0], to->bits[1], to->bits[2], to->bits[3]);
    else if (what == 1)
        to->undecided = forms_normalize(column, ROWS, text, to->bits[0], to->bits[1]);
    else if (what == 2)
        to->undecided = forms_decapsulate(column, ROWS, &types, to->numbers, text, domain, to->bits[0], to->bits[1], to->bits[2]);
    else
        to->undecided = route_kinds(routes, indices, column, ROWS, to->numbers, to->costs, to->kinds, to->bits[0], to->bits[1]);
    check_offsets(to->offsets, bytes + FORMS_UNTYPED * ROWS);
    check_offsets(to->domain_offsets, bytes);
    if (to->undecided > ROWS || types.count > FORMS_TYPES)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t text[LONGEST], validity[(ROWS + 7) / 8], views[16 * ROWS];
    route_kind held[1 + ROUTES] = {{0}}, *routes = held + 1; /* before them that of no route */
    int32_t offsets[ROWS + 1] = {0}, indices[ROWS];
    int64_t large[ROWS + 1] = {0};
    int by_domain = take(&data, &size) & 1, length = 0;
    uint8_t *joined = room(ROWS * LONGEST), *exact;
    for (int row = 0; row < ROUTES; row++)
        route_kind_of(&routes[row], text, text_of(text, &data, &size), by_domain);
    for (int row = 0; row < ROWS; row++) {
        int32_t width = (int32_t)text_of(text, &data, &size), view[4] = {width, 0, 0, length};
        memcpy(views + 16 * row, view, sizeof view);
        if (width <= 12)
            memcpy(views + 16 * row + 4, text, (size_t)width);
        memcpy(joined + length, text, (size_t)width);
        large[row + 1] = offsets[row + 1] = length += width;
        put_bit(validity, (size_t)row, take(&data, &size) > 20);
        indices[row] = bit_at(validity, row) ? take(&data, &size) % (ROUTES + 1) - 1 : -1;
    }
    exact = room((size_t)length); /* so that a read past the last text is seen */
    memcpy(exact, joined, (size_t)length);
    const uint8_t *buffers[1] = {exact};
    text_column layouts[] = {{TEXT_UTF8, exact, offsets, NULL, validity, 0},
                             {TEXT_LARGE_UTF8, exact, large, NULL, validity, 0},
                             {TEXT_VIEWS, NULL, views, buffers, validity, 0}};
    for (int what = 0; what < 4; what++) {
        answers all[3];
        for (int layout = 0; layout < 3; layout++)
            read_all(what, &layouts[layout], &all[layout], routes, indices);
        for (int layout = 0; layout < 3; layout++) {
            answers *these = &all[layout];
            size_t bytes = (size_t)all[0].offsets[ROWS], domains = (size_t)all[0].domain_offsets[ROWS];
            if (memcmp(these, &all[0], offsetof(answers, data)) || memcmp(these->data, all[0].data, bytes) ||
                memcmp(these->domain_data, all[0].domain_data, domains))
                abort(); /* the layouts agree */
        }
        for (int row = 0; row < ROWS; row++) {
            note(all[0].numbers[row]);
            note(all[0].offsets[row]);
            note(all[0].costs[row]);
            note(all[0].kinds[row]);
        }
        for (int set = 0; set < 5; set++)
            for (int byte = 0; byte < (ROWS + 7) / 8; byte++)
                note(all[0].bits[set][byte]);
        for (int32_t byte = 0; byte < all[0].offsets[ROWS]; byte++)
            note(all[0].data[byte]);
        for (int32_t byte = 0; byte < all[0].domain_offsets[ROWS]; byte++)
            note(all[0].domain_data[byte]);
        for (int layout = 0; layout < 3; layout++) {
            free(all[layout].data);
            free(all[layout].domain_data);
        }
    }
    free(exact);
    free(joined);
    return 0;
}
