/* What a table says of the routes that a column's addresses take: connector, cost, and how the space matches.
 *
 * That a route takes an address is known here; whether it is an exact, a wildcard or a partial match is seen at the end
 * of the address mostly. Where it is not, the row is odd, and left to AddressSpace.match. Nothing here knows Python. */
#ifndef PROXYADDR_ROUTE_KINDS_H
#define PROXYADDR_ROUTE_KINDS_H

#include "text_column.h"

enum { KIND_EXACT, KIND_WILDCARD, KIND_PARTIAL, KIND_BLANK }; /* as MatchKind orders them */

enum {
    ROUTE_SURE,  /* the kind is the same for all addresses */
    ROUTE_TAIL,  /* the end of the address tells */
    ROUTE_STARS, /* the kind is that of all addresses without a wildcard in them */
    ROUTE_ASK,   /* only AddressSpace.match tells */
};

typedef struct {
    int32_t connector, cost;
    uint16_t mark_at, dot_at; /* octets from the end of an address; 0 for none */
    uint8_t kind, how, mark, kelvin; /* whether a letter of the end may be written as a sign outside ASCII */
} route_kind;

/* Say how the kind of a route is told from a pattern whose type is compared as a whole. */
void route_kind_of(route_kind *route, const uint8_t *pattern, size_t length, int by_domain);

/* Fill the columns for the routes that addresses take, -1 for none. Return how many rows are odd. */
size_t route_kinds(const route_kind *routes, const int32_t *indices, const text_column *column, size_t count,
                   int32_t *connectors, int32_t *costs, int8_t *kinds, uint8_t *valid, uint8_t *odd);

#endif
