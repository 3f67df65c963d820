/* Fill connector, cost and kind of match for the routes that a column's addresses take.
 *
 * Which route takes an address is known before; whether the match is exact, by wildcard or partial mostly follows from the
 * end of the address. Where it does not, the row is undecided, and AddressSpace.match decides. Nothing here knows Python. */
#ifndef PROXYADDR_ROUTE_KINDS_H
#define PROXYADDR_ROUTE_KINDS_H

#include "text_column.h"

enum { KIND_EXACT, KIND_WILDCARD, KIND_PARTIAL, KIND_BLANK }; /* as MatchKind orders them */

enum {
    ROUTE_SURE,  /* the kind is the same for all addresses */
    ROUTE_TAIL,  /* the end of the address decides */
    ROUTE_STARS, /* the kind is the same for all addresses without a wildcard in them */
    ROUTE_ASK,   /* only AddressSpace.match decides */
};

typedef struct {
    int32_t connector, cost;
    uint16_t mark_at, dot_at; /* bytes from the end of an address; 0 for none */
    uint8_t kind, how, mark;
} route_kind;

/* Set how the kind of a route is found, from a pattern of a type that is compared as a whole. */
void route_kind_of(route_kind *route, const uint8_t *pattern, size_t length, int by_domain);

/* Fill the columns for the routes that addresses take, -1 for none: before the first route must lie one of zeros, which is
 * read for it. Return how many rows are undecided. */
size_t route_kinds(const route_kind *routes, const int32_t *indices, const text_column *column, size_t count,
                   int32_t *connectors, int32_t *costs, int8_t *kinds, uint8_t *valid, uint8_t *undecided);

#endif
