/* Who holds which address, by hashes; and what is known of domains. */
#ifndef PROXYADDR_HOLDINGS_H
#define PROXYADDR_HOLDINGS_H

#include <stddef.h>
#include <stdint.h>

enum { LONGEST_DOMAIN = 255, MOST_DOMAINS = 1 << 20 };

/* What is known of a domain. */
enum { DOMAIN_SOUND = 1, DOMAIN_FREE = 2, DOMAIN_ACCEPTED = 4, DOMAIN_COEXISTENCE = 8, DOMAIN_JUDGED = 16 };

typedef struct {
    uint64_t hash;
    size_t name; /* where its bytes stand in `names`, behind a byte with their number */
    uint8_t flags;
    uint8_t is_used;
} domain_slot;

typedef struct {
    domain_slot *slots;
    size_t room, count; /* `room` is a power of two, or 0 */
    uint8_t *names;
    size_t names_end, names_room;
    size_t judged_end; /* where in `names` those begin that are not judged */
    uint64_t seed;
} domain_table;

typedef struct {
    uint32_t high, low; /* of the hash; with 64 bits in one an entry would take a third more memory */
    uint32_t row;
} holding;

typedef struct {
    holding *items;
    size_t count, room;
    uint64_t seed;
} holdings;

uint64_t key_hash(uint64_t seed, const uint8_t *key, size_t length);

/* Return what is known of a domain in lower case, which is added where it is new; 0 for one that is not judged yet, -1
 * where there are too many, -2 where memory is short. */
int domain_flags(domain_table *domains, const uint8_t *name, size_t length);
void domain_judge(domain_table *domains, const uint8_t *name, size_t length, uint8_t flags);

/* Add that a row holds a key; -1 where memory is short. */
int holdings_add(holdings *held, uint64_t hash, uint32_t row);
void holdings_sort(holdings *held);
/* Return the place of the first holding of a hash, or of what would follow it; of sorted ones. */
size_t holdings_find(const holdings *held, uint64_t hash);
/* Mark with a bit each row that shares a hash with another one. */
void holdings_shared(const holdings *held, uint8_t *bits);

static inline uint64_t holding_hash(const holding *item) { return (uint64_t)item->high << 32 | item->low; }

#endif
