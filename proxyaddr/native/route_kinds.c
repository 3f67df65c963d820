#include "route_kinds.h"

#include "ascii.h"

enum {
    AHEAD = 16,   /* rows between prefetch and use: a table of a million routes fits no cache */
    BLOCK = 1024, /* rows whose text is looked through at once; a multiple of the bits in a byte */
};

/* Return the domain of `local@domain` with one '@', which takes subdomains as well (Q229961); NULL for others. */
static const uint8_t *domain_of_partial(const uint8_t *pattern, size_t length) {
    const uint8_t *end = pattern + length, *at = memchr(pattern, '@', length);
    if (!at || at + 1 == end || memchr(at + 1, '@', (size_t)(end - at - 1)))
        return NULL;
    return at + 1;
}

/* Return how many bytes of the end of an address decide. */
static int64_t tail_of(const route_kind *route) {
    return route->mark_at > route->dot_at ? route->mark_at : route->dot_at;
}

void route_kind_of(route_kind *route, const uint8_t *pattern, size_t length, int by_domain) {
    const uint8_t *end = pattern + length, *wildcard = NULL, *domain = NULL;
    int ascii = 1;
    for (const uint8_t *each = pattern; each < end; each++) {
        ascii &= *each < 0x80;
        if (*each == '*' || (*each == '%' && !by_domain))
            wildcard = each; /* the last one */
    }
    route->how = ROUTE_SURE;
    route->mark = 0;
    route->mark_at = route->dot_at = 0;
    if (!length) {
        route->kind = KIND_BLANK;
        return;
    }
    route->kind = wildcard ? KIND_WILDCARD : KIND_EXACT;
    if (by_domain) {
        if (!wildcard || length == 1)
            return; /* `*` never equals an address there */
    } else {
        domain = domain_of_partial(pattern, length);
        if (!wildcard && !domain)
            return;
    }
    route->how = ROUTE_TAIL;
    if (!ascii || length > UINT16_MAX) {
        route->how = ROUTE_ASK;
        return;
    }
    if (wildcard) { /* an exact match has it in the same place, and so has a partial one if it is in the domain */
        route->mark = *wildcard;
        route->mark_at = (uint16_t)(end - wildcard);
    }
    if (domain && !(wildcard && wildcard >= domain)) /* a partial match has a dot where the pattern has the '@' */
        route->dot_at = (uint16_t)(end - domain + 1);
}

/* Return how a route matches a text, -1 where only AddressSpace.match decides. `plain` where all of the text is known to
 * be ASCII. */
ALWAYS_INLINE int kind_in(const route_kind *route, const uint8_t *text, const uint8_t *end, int plain) {
    if (RARELY(route->how == ROUTE_ASK))
        return -1;
    if (RARELY(route->how == ROUTE_STARS)) {
        size_t length = (size_t)(end - text);
        return memchr(text, '*', length) || memchr(text, '%', length) ? -1 : route->kind;
    }
    while (end > text && RARELY(is_blank(end[-1])))
        end--;
    int64_t length = end - text;
    if (RARELY(!length || end[-1] == '.'))
        return -1; /* its domain is compared in another length */
    if (!plain) {
        int64_t tail = tail_of(route); /* an ASCII end of a label stays at its place */
        if (!is_ascii(tail < length ? end - tail : text, end))
            return -1;
    }
    if (RARELY(route->mark_at && route->mark_at <= length && *(end - route->mark_at) == route->mark))
        return -1;
    if (RARELY(route->dot_at && route->dot_at <= length && *(end - route->dot_at) == '.'))
        return route->kind == KIND_EXACT ? KIND_PARTIAL : -1;
    return route->kind;
}

typedef struct {
    const route_kind *routes;
    const int32_t *indices;
    const text_column *column;
    size_t count;
    int32_t *connectors, *costs;
    int8_t *kinds;
    uint8_t *valid, *undecided;
} route_columns;

/* Return whether all text of some rows is ASCII, as far as one look tells it. */
ALWAYS_INLINE int are_ascii(const text_column *column, text_layout layout, size_t first, size_t end) {
    if (layout == TEXT_UTF8) {
        const int32_t *offsets = (const int32_t *)column->items + column->first;
        return is_ascii(column->data + offsets[first], column->data + offsets[end]);
    }
    if (layout == TEXT_LARGE_UTF8) {
        const int64_t *offsets = (const int64_t *)column->items + column->first;
        return is_ascii(column->data + offsets[first], column->data + offsets[end]);
    }
    return 0;
}

/* Fill connector and cost of a block of rows, and whether they have a route. */
ALWAYS_INLINE void fill_routes(const route_columns *of, size_t first, size_t end) {
    const route_kind *routes = of->routes;
    const int32_t *indices = of->indices;
    int32_t *connectors = of->connectors, *costs = of->costs;
    for (size_t eight = first; eight < end; eight += 8) {
        size_t stop = end - eight < 8 ? end : eight + 8;
        unsigned valid = 0;
        for (size_t row = eight; row < stop; row++) {
            const route_kind *route = routes + indices[row];
            PREFETCH(routes + indices[row + AHEAD < of->count ? row + AHEAD : row]);
            connectors[row] = route->connector;
            costs[row] = route->cost;
            valid |= (unsigned)(indices[row] >= 0) << (row - eight);
        }
        of->valid[eight >> 3] = (uint8_t)valid;
    }
}

/* Return how a route matches the text of a row, -1 where only AddressSpace.match decides: the same as `kind_in`, but
 * without branches for a plain text, since where a mark or a dot would stand differs from row to row. */
ALWAYS_INLINE int kind_at(const route_kind *route, const text_column *column, text_layout layout, size_t row,
                          int plain) {
    text_span text = text_at(column, layout, (int64_t)row);
    if (RARELY(text.length <= 0)) {
        if (route->how == ROUTE_SURE)
            return route->kind;
        return text.length < 0 ? -1 : kind_in(route, text.start, text.start, plain);
    }
    uint64_t length = (uint64_t)text.length, mark_at = route->mark_at, dot_at = route->dot_at;
    uint64_t marked = mark_at - 1 < length, dotted = dot_at - 1 < length; /* one less than 0 is not less */
    uint8_t last = text.start[length - 1];
    marked &= text.start[(length - mark_at) & (0 - marked)] == route->mark; /* the first byte where there is none */
    dotted &= text.start[(length - dot_at) & (0 - dotted)] == '.';
    int odd = (int)marked | ((int)dotted & (route->kind != KIND_EXACT)) | (last <= ' ') | (last == '.') | !plain;
    if (RARELY((route->how > ROUTE_TAIL) | (odd & (route->how == ROUTE_TAIL))))
        return kind_in(route, text.start, text.start + length, plain);
    return route->kind + (int)dotted * (KIND_PARTIAL - KIND_EXACT);
}

/* Fill the rows of a column of one layout; return how many are undecided. */
ALWAYS_INLINE size_t fill_rows(const route_columns *of, text_layout layout) {
    const text_column column = *of->column; /* copies: a byte that is written could be anywhere, for all a compiler knows */
    const route_kind *routes = of->routes;
    const int32_t *indices = of->indices;
    int8_t *kinds = of->kinds;
    size_t count = of->count, left = 0;
    for (size_t first = 0; first < count; first += BLOCK) {
        size_t end = count - first < BLOCK ? count : first + BLOCK;
        int plain = are_ascii(&column, layout, first, end);
        fill_routes(of, first, end);
        for (size_t eight = first; eight < end; eight += 8) {
            size_t stop = end - eight < 8 ? end : eight + 8;
            unsigned undecided = 0;
            for (size_t row = eight; row < stop; row++) {
                int kind = kind_at(routes + indices[row], &column, layout, row, plain);
                kinds[row] = (int8_t)(kind < 0 ? 0 : kind);
                undecided |= (unsigned)(kind < 0) << (row - eight);
            }
            of->undecided[eight >> 3] = (uint8_t)undecided;
            for (; undecided; undecided &= undecided - 1)
                left++;
        }
    }
    return left;
}

size_t route_kinds(const route_kind *routes, const int32_t *indices, const text_column *column, size_t count,
                   int32_t *connectors, int32_t *costs, int8_t *kinds, uint8_t *valid, uint8_t *undecided) {
    route_columns of = {routes, indices, column, count, connectors, costs, kinds, valid, undecided};
    switch (column->layout) {
    case TEXT_UTF8:
        return fill_rows(&of, TEXT_UTF8);
    case TEXT_LARGE_UTF8:
        return fill_rows(&of, TEXT_LARGE_UTF8);
    case TEXT_VIEWS:
        return fill_rows(&of, TEXT_VIEWS);
    default:
        return fill_rows(&of, TEXT_POINTERS);
    }
}
