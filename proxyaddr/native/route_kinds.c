#include "route_kinds.h"

#include "ascii.h"

enum { AHEAD = 16 }; /* rows between prefetch and use: a table of a million routes fits no cache */

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

/* Return how a route matches a text, -1 where only AddressSpace.match decides. */
static int kind_in(const route_kind *route, const uint8_t *text, const uint8_t *end) {
    if (route->how == ROUTE_ASK)
        return -1;
    if (route->how == ROUTE_STARS) {
        size_t length = (size_t)(end - text);
        return memchr(text, '*', length) || memchr(text, '%', length) ? -1 : route->kind;
    }
    while (end > text && is_blank(end[-1]))
        end--;
    int64_t length = end - text, tail = tail_of(route);
    if (!length || end[-1] == '.' || !is_ascii(tail < length ? end - tail : text, end))
        return -1; /* its domain is compared in another length; an ASCII end of a label stays at its place */
    if (route->mark_at && route->mark_at <= length && *(end - route->mark_at) == route->mark)
        return -1;
    if (route->dot_at && route->dot_at <= length && *(end - route->dot_at) == '.')
        return route->kind == KIND_EXACT ? KIND_PARTIAL : -1;
    return route->kind;
}

size_t route_kinds(const route_kind *routes, const int32_t *indices, const text_column *column, size_t count,
                   int32_t *connectors, int32_t *costs, int8_t *kinds, uint8_t *valid, uint8_t *undecided) {
    size_t left = 0;
    for (size_t row = 0; row < count; row++) {
        static const route_kind NONE = {0};
        const route_kind *route = indices[row] < 0 ? &NONE : routes + indices[row];
        int kind = route->kind;
        if (row + AHEAD < count && indices[row + AHEAD] >= 0)
            PREFETCH(routes + indices[row + AHEAD]);
        if (route->how != ROUTE_SURE) {
            text_span text = text_at(column, column->layout, (int64_t)row);
            kind = text.length < 0 ? -1 : kind_in(route, text.start, text.start + text.length);
        }
        connectors[row] = route->connector;
        costs[row] = route->cost;
        kinds[row] = (int8_t)(kind < 0 ? 0 : kind);
        left += kind < 0;
        put_bit(valid, row, route != &NONE);
        put_bit(undecided, row, kind < 0);
    }
    return left;
}
