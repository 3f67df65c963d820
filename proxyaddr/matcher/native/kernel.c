/* See kernel.h. The order of preference is that of AddressSpace.match, the readable reference. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__) && defined(__GNUC__)
#include <emmintrin.h>
#define HAVE_SSE2 1
#endif
#if defined(_MSC_VER)
#include <intrin.h>
#define PREFETCH(address) _mm_prefetch((const char *)(address), _MM_HINT_T0)
#define LIKELY(x) (x)
#else
#define PREFETCH(address) __builtin_prefetch(address)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#endif

#define BLOCK 32              /* addresses whose memory is fetched while others are read */
#define MARKED 64             /* octets of an address whose marks fit a word */
#define SCRATCH 288           /* an address, folded, and room to read 16 octets past its end on either side */
#define MARGIN 16
#define FILTER_BITS_A_KEY 12  /* of the filter that stands before look-ups of parent domains */
#define GRAM 4                /* octets of a fragment that lead to the patterns which hold it */
#define MOST_STRIDE 4
#define LONGEST_PREFIX 62
#define LONGEST_TYPE 32
#define NO_AT 128             /* added to a type for values without `@` */

enum { HAS_LOCALS = 1, HAS_PREFIXES = 2 };

/* A domain and what hangs off it; its text follows. */
typedef struct {
    int32_t at;      /* *@domain; in the dialect by domain, the domain itself */
    int32_t below;   /* *@*.domain; *.domain */
    uint16_t length;
    uint8_t type;
    uint8_t flags;
} domain_entry;

/* A local part, or a prefix of one, at a domain; its text follows. */
typedef struct {
    uint32_t domain;
    int32_t answer;
    uint16_t length;
    uint16_t is_prefix;
} local_entry;

typedef struct {
    uint32_t tag;
    uint32_t entry; /* place in the arena in units of 4 octets, plus 1; 0 for a free slot */
} slot;

typedef struct {
    slot *slots;
    uint64_t mask;
    uint64_t used;
} hash_table;

/* A pattern that no look-up finds: tried where its fragment occurs. */
typedef struct {
    uint8_t *pattern;
    uint32_t length;
    int32_t literals;
    int32_t answer;
    int32_t next;  /* that is always tried, -1 at the end */
    uint8_t type;
} general_pattern;

/* A general pattern that a gram leads to. */
typedef struct {
    int32_t number;
    int32_t next; /* with the same gram, -1 at the end */
} gram_link;

typedef struct {
    uint8_t name[LONGEST_TYPE];
    uint8_t length;
    uint8_t number;
} type_name;

typedef struct {
    int32_t constant; /* KERNEL_NONE where look-ups decide */
    int32_t blank;
    int32_t any;      /* `*` */
    int is_constant;
    int has_generals, has_below, has_locals;
    int32_t most_literals; /* of the general patterns */
    int32_t first_always;  /* patterns without a gram, chained by `next` */
    uint32_t gram_stride;  /* every so many octets of an address are looked at */
} type_state;

struct kernel {
    int by_domain;
    uint64_t seed;
    uint8_t *arena;
    uint64_t arena_used, arena_size;
    hash_table domains, locals, prefix_maps;
    uint64_t *filter;
    uint64_t filter_mask, below_count, below_room;
    uint32_t *belows;      /* domains for the filter, until it is made */
    general_pattern *generals;
    uint32_t general_count, general_room;
    uint32_t *grams;       /* slots of a hash table: gram */
    int32_t *gram_first;   /* slots: first link, -1 for a free slot */
    gram_link *links;
    uint32_t gram_mask;
    uint64_t gram_filter[512];
    type_name names[2 * KERNEL_MAX_TYPES];
    int name_count;
    type_state types[KERNEL_MAX_TYPES];
    int type_count;
    int smtp;
    int32_t other_types; /* the answer for a type that was not named */
    int32_t *ranks; /* by answer: which of two that fit alike wins; grown as rows come */
    uint64_t ranks_room;
};

/* ------------------------------------------------------------------ octets */

static inline uint64_t load8(const uint8_t *text) {
    uint64_t word;
    memcpy(&word, text, 8);
    return word;
}

static inline uint32_t load4(const uint8_t *text) {
    uint32_t word;
    memcpy(&word, text, 4);
    return word;
}

static inline uint64_t mixed(uint64_t one, uint64_t other) {
#if defined(__SIZEOF_INT128__)
    __uint128_t product = (__uint128_t)one * other;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#elif defined(_MSC_VER) && defined(_M_X64)
    uint64_t high, low = _umul128(one, other, &high);
    return low ^ high;
#else
    uint64_t a = one >> 32, b = (uint32_t)one, c = other >> 32, d = (uint32_t)other;
    uint64_t ad = a * d, bc = b * c, bd = b * d;
    uint64_t middle = (bd >> 32) + (uint32_t)ad + (uint32_t)bc;
    return (bd ^ (middle << 32)) ^ (a * c + (ad >> 32) + (bc >> 32) + (middle >> 32));
#endif
}

/* The first octets of a word, the rest shifted out: whatever follows a text in memory. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FIRST_OCTETS(word, count) ((word) >> (64 - 8 * (count)))
#else
#define FIRST_OCTETS(word, count) ((word) << (64 - 8 * (count)))
#endif

/* Whether two texts are the same; seven octets after each must be readable. */
static inline int same(const uint8_t *one, const uint8_t *other, uint32_t length) {
    for (; length >= 8; length -= 8, one += 8, other += 8)
        if (load8(one) != load8(other))
            return 0;
    return !length || !FIRST_OCTETS(load8(one) ^ load8(other), length);
}

#define STEP UINT64_C(0x9e3779b97f4a7c15)
#define LAST UINT64_C(0xd6e8feb86659fd93)

static inline uint32_t lowest_bit(uint64_t bits) {
#if defined(__GNUC__)
    return (uint32_t)__builtin_ctzll(bits);
#else
    uint32_t bit = 0;
    while (!(bits >> bit & 1))
        bit++;
    return bit;
#endif
}

static inline uint32_t highest_bit(uint64_t bits) {
#if defined(__GNUC__)
    return 63 - (uint32_t)__builtin_clzll(bits);
#else
    uint32_t bit = 63;
    while (!(bits >> bit & 1))
        bit--;
    return bit;
#endif
}

static inline int is_blank(uint8_t octet) { return octet == ' ' || (octet >= '\t' && octet <= '\r'); }

static inline uint8_t lower(uint8_t octet) { return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet; }

/* The hash of a text is made from its right end, so that all its suffixes share the work: a chain of whole words,
 * then the rest. Seven octets after the text must be readable; what they hold does not count. */
static inline uint64_t chain(uint64_t state, const uint8_t *end, uint32_t from, uint32_t words) {
    for (uint32_t word = from; word < words; word++)
        state = mixed(state ^ load8(end - 8 * (word + 1)), STEP);
    return state;
}

static inline uint64_t chain_end(uint64_t state, const uint8_t *start, uint32_t length, uint32_t salt) {
    uint32_t rest = length & 7;
    uint64_t word = rest ? FIRST_OCTETS(load8(start), rest) : 0;
    return mixed(state ^ word, LAST ^ ((uint64_t)salt << 32 | length));
}

static inline uint64_t hash_of(uint64_t seed, const uint8_t *text, uint32_t length, uint32_t salt) {
    return chain_end(chain(seed, text + length, 0, length / 8), text, length, salt);
}

/* ------------------------------------------------------------------ tables */

static int table_make(hash_table *table, uint64_t keys) {
    uint64_t size = 8;
    while (size * 5 < keys * 8) /* at most five slots of eight are taken */
        size *= 2;
    table->slots = calloc(size, sizeof(slot));
    table->mask = size - 1;
    table->used = 0;
    return table->slots ? 0 : -1;
}

static void table_put(hash_table *table, uint64_t hash, uint32_t entry) {
    uint64_t place = hash & table->mask;
    while (table->slots[place].entry)
        place = (place + 1) & table->mask;
    table->slots[place].tag = (uint32_t)(hash >> 32);
    table->slots[place].entry = entry;
    table->used++;
}

static inline domain_entry *domain_at(const kernel *table, uint32_t entry) {
    return (domain_entry *)(table->arena + (uint64_t)(entry - 1) * 4);
}

static inline local_entry *local_at(const kernel *table, uint32_t entry) {
    return (local_entry *)(table->arena + (uint64_t)(entry - 1) * 4);
}

static uint64_t hash_of_local(const kernel *table, const uint8_t *text, uint32_t length, uint32_t domain, int is_prefix) {
    return mixed(hash_of(table->seed, text, length, is_prefix ? 2 : 1) ^ domain, LAST);
}

/* Every slot again, in a table twice as large. */
static int table_grow(const kernel *kept, hash_table *table, int of_locals) {
    hash_table larger;
    if (table_make(&larger, (table->mask + 1) * 5 / 4))
        return -1;
    for (uint64_t place = 0; place <= table->mask; place++) {
        uint32_t entry = table->slots[place].entry;
        if (!entry)
            continue;
        uint64_t hash;
        if (of_locals) {
            const local_entry *found = local_at(kept, entry);
            hash = hash_of_local(kept, (const uint8_t *)(found + 1), found->length, found->domain, found->is_prefix);
        } else {
            const domain_entry *found = domain_at(kept, entry);
            hash = hash_of(kept->seed, (const uint8_t *)(found + 1), found->length, found->type);
        }
        table_put(&larger, hash, entry);
    }
    free(table->slots);
    *table = larger;
    return 0;
}

/* Room in the arena, in whole units of 4 octets, with readable ones after it; 0 without memory. */
static uint32_t arena_take(kernel *table, size_t size) {
    uint64_t wanted = (size + 3) & ~(uint64_t)3;
    if (table->arena_used + wanted + 16 > table->arena_size) {
        uint64_t larger = table->arena_size * 3 / 2 + wanted + 4096;
        uint8_t *moved = larger / 4 < UINT32_MAX ? realloc(table->arena, larger) : NULL;
        if (!moved)
            return 0;
        table->arena = moved;
        table->arena_size = larger;
    }
    uint32_t entry = (uint32_t)(table->arena_used / 4) + 1;
    memset(table->arena + table->arena_used, 0, wanted + 16);
    table->arena_used += wanted;
    return entry;
}

static inline uint32_t domain_find(const kernel *table, uint64_t hash, const uint8_t *text, uint32_t length, uint32_t type) {
    const hash_table *domains = &table->domains;
    uint64_t place = hash & domains->mask;
    uint32_t tag = (uint32_t)(hash >> 32);
    for (;;) {
        slot found = domains->slots[place];
        if (!found.entry)
            return 0;
        if (found.tag == tag) {
            const domain_entry *entry = domain_at(table, found.entry);
            if (entry->length == length && entry->type == type &&
                same((const uint8_t *)(entry + 1), text, length))
                return found.entry;
        }
        place = (place + 1) & domains->mask;
    }
}

static uint32_t domain_take(kernel *table, const uint8_t *text, uint32_t length, uint32_t type) {
    uint64_t hash = hash_of(table->seed, text, length, type);
    uint32_t entry = domain_find(table, hash, text, length, type);
    if (entry)
        return entry;
    if ((table->domains.used + 1) * 8 > (table->domains.mask + 1) * 5 && table_grow(table, &table->domains, 0))
        return 0;
    entry = arena_take(table, sizeof(domain_entry) + length);
    if (!entry)
        return 0;
    domain_entry *made = domain_at(table, entry);
    *made = (domain_entry){KERNEL_NONE, KERNEL_NONE, (uint16_t)length, (uint8_t)type, 0};
    memcpy(made + 1, text, length);
    table_put(&table->domains, hash, entry);
    return entry;
}

/* Whether an answer wins over another that fits as well. */
static inline int is_better(const kernel *table, int32_t answer, int32_t other) {
    return table->ranks[answer] < table->ranks[other] ||
           (table->ranks[answer] == table->ranks[other] && answer < other);
}

static inline void keep_better(const kernel *table, int32_t *kept, int32_t answer) {
    if (*kept == KERNEL_NONE || is_better(table, answer, *kept))
        *kept = answer;
}

static inline local_entry *local_place(const kernel *table, const uint8_t *text, uint32_t length, uint32_t domain, int is_prefix) {
    uint64_t hash = hash_of_local(table, text, length, domain, is_prefix);
    uint64_t place = hash & table->locals.mask;
    uint32_t tag = (uint32_t)(hash >> 32);
    for (;;) {
        slot found = table->locals.slots[place];
        if (!found.entry)
            return NULL;
        if (found.tag == tag) {
            local_entry *entry = local_at(table, found.entry);
            if (entry->domain == domain && entry->is_prefix == is_prefix && entry->length == length &&
                same((const uint8_t *)(entry + 1), text, length))
                return entry;
        }
        place = (place + 1) & table->locals.mask;
    }
}

static inline int32_t local_find(const kernel *table, const uint8_t *text, uint32_t length, uint32_t domain, int is_prefix) {
    const local_entry *found = local_place(table, text, length, domain, is_prefix);
    return found ? found->answer : KERNEL_NONE;
}

static int local_add(kernel *table, const uint8_t *text, uint32_t length, uint32_t domain, int is_prefix, int32_t answer) {
    local_entry *held = local_place(table, text, length, domain, is_prefix);
    if (held) {
        keep_better(table, &held->answer, answer);
        return 0;
    }
    if ((table->locals.used + 1) * 8 > (table->locals.mask + 1) * 5 && table_grow(table, &table->locals, 1))
        return -1;
    uint32_t entry = arena_take(table, sizeof(local_entry) + length);
    if (!entry)
        return -1;
    local_entry *made = local_at(table, entry);
    *made = (local_entry){domain, answer, (uint16_t)length, (uint16_t)is_prefix};
    memcpy(made + 1, text, length);
    table_put(&table->locals, hash_of_local(table, text, length, domain, is_prefix), entry);
    return 0;
}

/* Which lengths of prefix a domain has: a small table of its own, by the domain's place. */
static uint8_t *prefix_map(const kernel *table, uint32_t domain) {
    const hash_table *maps = &table->prefix_maps;
    uint64_t hash = mixed(table->seed ^ domain, STEP);
    for (uint64_t place = hash & maps->mask; maps->slots[place].entry; place = (place + 1) & maps->mask)
        if (maps->slots[place].tag == domain)
            return table->arena + (uint64_t)(maps->slots[place].entry - 1) * 4;
    return NULL;
}

static int prefix_map_add(kernel *table, uint32_t domain, uint32_t length) {
    uint8_t *map = prefix_map(table, domain);
    uint64_t lengths = 0;
    uint32_t entry;
    if (map) {
        memcpy(&lengths, map, 8);
        lengths |= UINT64_C(1) << length;
        memcpy(map, &lengths, 8);
        return 0;
    }
    hash_table *maps = &table->prefix_maps;
    if ((maps->used + 1) * 8 > (maps->mask + 1) * 5) {
        hash_table larger;
        if (table_make(&larger, (maps->mask + 1) * 5 / 4))
            return -1;
        for (uint64_t place = 0; place <= maps->mask; place++) {
            slot found = maps->slots[place];
            if (!found.entry)
                continue;
            uint64_t to = mixed(table->seed ^ found.tag, STEP) & larger.mask;
            while (larger.slots[to].entry)
                to = (to + 1) & larger.mask;
            larger.slots[to] = found;
            larger.used++;
        }
        free(maps->slots);
        *maps = larger;
    }
    entry = arena_take(table, 8);
    if (!entry)
        return -1;
    lengths = UINT64_C(1) << length;
    memcpy(table->arena + (uint64_t)(entry - 1) * 4, &lengths, 8);
    uint64_t place = mixed(table->seed ^ domain, STEP) & maps->mask;
    while (maps->slots[place].entry)
        place = (place + 1) & maps->mask;
    maps->slots[place] = (slot){domain, entry};
    maps->used++;
    return 0;
}

/* ------------------------------------------------------------------ building */

kernel *kernel_new(int by_domain, uint64_t rows, uint64_t seed) {
    kernel *table = calloc(1, sizeof(kernel));
    if (!table)
        return NULL;
    table->by_domain = by_domain;
    table->seed = seed;
    table->smtp = -1;
    table->other_types = KERNEL_NONE;
    if (table_make(&table->domains, rows) || table_make(&table->locals, rows / 16) || table_make(&table->prefix_maps, 0) ||
        !arena_take(table, 8)) {
        kernel_free(table);
        return NULL;
    }
    return table;
}

void kernel_free(kernel *table) {
    if (!table)
        return;
    for (uint32_t place = 0; place < table->general_count; place++)
        free(table->generals[place].pattern);
    free(table->generals);
    free(table->grams);
    free(table->gram_first);
    free(table->links);
    free(table->filter);
    free(table->belows);
    free(table->ranks);
    free(table->arena);
    free(table->domains.slots);
    free(table->locals.slots);
    free(table->prefix_maps.slots);
    free(table);
}

int kernel_add_alias(kernel *table, int type, const uint8_t *name, size_t length) {
    if (length > LONGEST_TYPE || table->name_count == 2 * KERNEL_MAX_TYPES)
        return -1;
    type_name *made = &table->names[table->name_count++];
    memcpy(made->name, name, length);
    made->length = (uint8_t)length;
    made->number = (uint8_t)type;
    if (length == 4 && !memcmp(name, "SMTP", 4))
        table->smtp = type;
    return 0;
}

void kernel_set_other_types(kernel *table, int32_t answer) { table->other_types = answer; }

int kernel_add_type(kernel *table, const uint8_t *name, size_t length) {
    if (table->type_count == KERNEL_MAX_TYPES || kernel_add_alias(table, table->type_count, name, length))
        return -1;
    table->types[table->type_count] = (type_state){
        .constant = KERNEL_NONE, .blank = KERNEL_NONE, .any = KERNEL_NONE, .most_literals = -1, .first_always = -1};
    return table->type_count++;
}

void kernel_set_constant(kernel *table, int type, int32_t answer) {
    table->types[type].is_constant = 1;
    table->types[type].constant = answer;
}

static int rank_add(kernel *table, int32_t answer, int32_t rank) {
    if ((uint64_t)answer >= table->ranks_room) {
        uint64_t room = (uint64_t)answer * 3 / 2 + 64;
        int32_t *moved = realloc(table->ranks, room * sizeof(int32_t));
        if (!moved)
            return -1;
        table->ranks = moved;
        table->ranks_room = room;
    }
    table->ranks[answer] = rank;
    return 0;
}

static int general_add(kernel *table, int type, const uint8_t *pattern, uint32_t length, int32_t literals, int32_t answer) {
    if (table->general_count == table->general_room) {
        uint32_t room = table->general_room * 2 + 16;
        general_pattern *moved = realloc(table->generals, room * sizeof(general_pattern));
        if (!moved)
            return -1;
        table->generals = moved;
        table->general_room = room;
    }
    uint8_t *copy = malloc(length + 1);
    if (!copy)
        return -1;
    memcpy(copy, pattern, length);
    table->generals[table->general_count++] = (general_pattern){
        copy, length, literals, answer, -1, (uint8_t)type};
    type_state *state = &table->types[type];
    state->has_generals = 1;
    if (literals > state->most_literals)
        state->most_literals = literals;
    return 0;
}

static inline int has_wildcard(const uint8_t *text, size_t length) {
    return memchr(text, '*', length) || memchr(text, '%', length);
}

static const uint8_t *last_at(const uint8_t *text, size_t length) {
    while (length--)
        if (text[length] == '@')
            return text + length;
    return NULL;
}

/* A domain's field that no earlier row has taken. */
static int domain_set(kernel *table, const uint8_t *text, size_t length, uint32_t type, int below, int32_t answer) {
    uint32_t entry = domain_take(table, text, (uint32_t)length, type);
    if (!entry)
        return -1;
    int32_t *field = below ? &domain_at(table, entry)->below : &domain_at(table, entry)->at;
    if (below && *field == KERNEL_NONE) {
        if (table->below_count == table->below_room) {
            uint64_t room = table->below_room * 2 + 64;
            uint32_t *moved = realloc(table->belows, room * sizeof(uint32_t));
            if (!moved)
                return -1;
            table->belows = moved;
            table->below_room = room;
        }
        table->belows[table->below_count++] = entry;
    }
    keep_better(table, field, answer);
    return 0;
}

static int add_by_domain(kernel *table, int type, const uint8_t *text, size_t length, int32_t answer) {
    type_state *state = &table->types[type];
    if (memchr(text, '@', length))
        return 1; /* compared with the whole value too */
    if (length > KERNEL_LONGEST + 2)
        return 0; /* so is every address that it matches */
    if (length == 1 && *text == '*') {
        keep_better(table, &state->any, answer);
        return 0;
    }
    if (length > 1 && text[0] == '*' && text[1] == '.') {
        if (has_wildcard(text + 2, length - 2))
            return 0; /* what it covers holds a wildcard, and is not decided here */
        state->has_below = 1;
        return domain_set(table, text + 2, length - 2, (uint32_t)type, 1, answer);
    }
    return has_wildcard(text, length) ? 0 : domain_set(table, text, length, (uint32_t)type, 0, answer);
}

static int add_by_value(kernel *table, int type, const uint8_t *text, size_t length, int32_t answer) {
    type_state *state = &table->types[type];
    if (!length) {
        keep_better(table, &state->blank, answer);
        return 0;
    }
    const uint8_t *at = last_at(text, length);
    size_t local = at ? (size_t)(at - text) : length, domain = at ? length - local - 1 : 0;
    int32_t literals = 0;
    for (size_t place = 0; place < length; place++)
        literals += text[place] != '*' && text[place] != '%';
    if ((size_t)literals == length) { /* no wildcard */
        if (length > KERNEL_LONGEST)
            return 0; /* so is every address that it matches */
        if (!at)
            return domain_set(table, text, length, (uint32_t)type | NO_AT, 0, answer);
        uint32_t entry = domain_take(table, at + 1, (uint32_t)domain, (uint32_t)type);
        if (!entry)
            return -1;
        domain_at(table, entry)->flags |= HAS_LOCALS;
        state->has_locals = 1;
        return local_add(table, text, (uint32_t)local, entry, 0, answer);
    }
    if (length == 1 && *text == '*') {
        keep_better(table, &state->any, answer);
        return 0;
    }
    if (at && domain <= KERNEL_LONGEST && local && text[local - 1] == '*' && !has_wildcard(text, local - 1)) {
        if (!has_wildcard(at + 1, domain)) {
            if (local == 1)
                return domain_set(table, at + 1, domain, (uint32_t)type, 0, answer);
            if (local - 1 <= LONGEST_PREFIX) {
                uint32_t entry = domain_take(table, at + 1, (uint32_t)domain, (uint32_t)type);
                if (!entry || prefix_map_add(table, entry, (uint32_t)local - 1))
                    return -1;
                domain_at(table, entry)->flags |= HAS_PREFIXES;
                return local_add(table, text, (uint32_t)local - 1, entry, 1, answer);
            }
        } else if (local == 1 && domain >= 2 && at[1] == '*' && at[2] == '.' && !has_wildcard(at + 3, domain - 2)) {
            state->has_below = 1;
            return domain_set(table, at + 3, domain - 2, (uint32_t)type, 1, answer);
        }
    }
    return general_add(table, type, text, (uint32_t)length, literals, answer);
}

int kernel_add(kernel *table, int type, const uint8_t *pattern, size_t length, int32_t answer, int32_t rank) {
    uint8_t small[MARGIN + 512 + MARGIN] = {0}, *room = small;
    if (length > 512 && !(room = calloc(1, length + 2 * MARGIN)))
        return -1;
    uint8_t *text = room + MARGIN;
    for (size_t place = 0; place < length; place++)
        text[place] = lower(pattern[place]);
    int status = rank_add(table, answer, rank);
    if (!status)
        status = (table->by_domain ? add_by_domain : add_by_value)(table, type, text, length, answer);
    if (room != small)
        free(room);
    return status;
}

void kernel_expect(const kernel *table, int type, const uint8_t *pattern, size_t length) {
    uint8_t text[MARKED + MARGIN];
    if (length > MARKED)
        return;
    for (size_t place = 0; place < length; place++)
        text[place] = lower(pattern[place]);
    const uint8_t *at = last_at(text, length), *domain = at ? at + 1 : text, *end = text + length;
    if (end - domain > 2 && domain[0] == '*' && domain[1] == '.')
        domain += 2;
    uint32_t salt = (uint32_t)type | (at || table->by_domain ? 0 : NO_AT);
    PREFETCH(&table->domains.slots[hash_of(table->seed, domain, (uint32_t)(end - domain), salt) & table->domains.mask]);
}

/* ------------------------------------------------------------------ filters */

static inline int filter_has(const kernel *table, uint64_t hash) {
    uint64_t one = hash & table->filter_mask, other = (hash >> 24) & table->filter_mask;
    return (int)(table->filter[one >> 6] >> (one & 63) & table->filter[other >> 6] >> (other & 63) & 1);
}

static int make_filter(kernel *table) {
    uint64_t bits = 512;
    while (bits < table->below_count * FILTER_BITS_A_KEY)
        bits *= 2;
    table->filter = calloc(bits / 64, 8);
    if (!table->filter)
        return -1;
    table->filter_mask = bits - 1;
    for (uint64_t place = 0; place < table->below_count; place++) {
        const domain_entry *found = domain_at(table, table->belows[place]);
        uint64_t hash = hash_of(table->seed, (const uint8_t *)(found + 1), found->length, found->type);
        uint64_t one = hash & table->filter_mask, other = (hash >> 24) & table->filter_mask;
        table->filter[one >> 6] |= UINT64_C(1) << (one & 63);
        table->filter[other >> 6] |= UINT64_C(1) << (other & 63);
    }
    free(table->belows);
    table->belows = NULL;
    return 0;
}

static inline uint32_t gram_hash(const kernel *table, uint32_t gram) {
    return (uint32_t)(((uint64_t)gram ^ (uint32_t)table->seed) * STEP >> 32);
}

/* The slot of a gram, or the free one where it belongs. */
static inline uint32_t gram_slot(const kernel *table, uint32_t gram) {
    uint32_t place = gram_hash(table, gram) & table->gram_mask;
    while (table->gram_first[place] >= 0 && table->grams[place] != gram)
        place = (place + 1) & table->gram_mask;
    return place;
}

/* Where the longest run without a wildcard starts in a pattern, and its length. */
static uint32_t longest_fragment(const general_pattern *made, uint32_t *start) {
    uint32_t best = 0, from = 0;
    for (uint32_t place = 0; place <= made->length; place++) {
        if (place < made->length && made->pattern[place] != '*' && made->pattern[place] != '%')
            continue;
        if (place - from > best)
            best = place - from, *start = from;
        from = place + 1;
    }
    return best;
}

static void gram_put(kernel *table, uint32_t gram, uint32_t link) {
    uint32_t place = gram_slot(table, gram), bit = gram_hash(table, gram) >> 17;
    table->links[link].next = table->gram_first[place];
    table->grams[place] = gram;
    table->gram_first[place] = (int32_t)link;
    table->gram_filter[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

/* Put each general pattern where a fragment leads to it, or among those that are always tried. Of a fragment as many
 * grams in a row are put as make sure that one of them stands where an address is looked at; those that lead to the
 * fewest patterns so far. */
static int make_grams(kernel *table) {
    uint32_t size = 16, start = 0;
    for (int type = 0; type < table->type_count; type++)
        table->types[type].gram_stride = MOST_STRIDE;
    for (uint32_t number = 0; number < table->general_count; number++) {
        uint32_t length = longest_fragment(&table->generals[number], &start);
        uint32_t *stride = &table->types[table->generals[number].type].gram_stride;
        if (length >= GRAM && length < GRAM + *stride - 1)
            *stride = length - GRAM + 1;
    }
    while (size < table->general_count * MOST_STRIDE * 2)
        size *= 2;
    uint32_t *counts = calloc(65536, sizeof(uint32_t));
    table->grams = calloc(size, sizeof(uint32_t));
    table->gram_first = malloc(size * sizeof(int32_t));
    table->links = calloc((size_t)table->general_count * MOST_STRIDE + 1, sizeof(gram_link));
    if (!table->grams || !table->gram_first || !table->links || !counts) {
        free(counts);
        return -1;
    }
    table->gram_mask = size - 1;
    for (uint32_t place = 0; place < size; place++)
        table->gram_first[place] = -1;
    for (uint32_t number = 0; number < table->general_count; number++) {
        general_pattern *made = &table->generals[number];
        uint32_t length = longest_fragment(made, &start), best = 0, fewest = UINT32_MAX;
        type_state *state = &table->types[made->type];
        if (length < GRAM) {
            made->next = state->first_always;
            state->first_always = (int32_t)number;
            continue;
        }
        for (uint32_t place = start; place + GRAM + state->gram_stride - 1 <= start + length; place++) {
            uint32_t used = 0;
            for (uint32_t gram = 0; gram < state->gram_stride; gram++)
                used += counts[gram_hash(table, load4(made->pattern + place + gram)) & 65535];
            if (used < fewest)
                fewest = used, best = place;
        }
        for (uint32_t gram = 0; gram < state->gram_stride; gram++) {
            uint32_t found = load4(made->pattern + best + gram), link = number * MOST_STRIDE + gram;
            counts[gram_hash(table, found) & 65535]++;
            table->links[link].number = (int32_t)number;
            gram_put(table, found, link);
        }
    }
    free(counts);
    return 0;
}

int kernel_finish(kernel *table) {
    if (make_filter(table) || make_grams(table))
        return -1;
    uint8_t *fitting = realloc(table->arena, table->arena_used + 16);
    if (fitting) {
        table->arena = fitting;
        table->arena_size = table->arena_used + 16;
    }
    return 0;
}

uint64_t kernel_size(const kernel *table) {
    uint64_t size = sizeof(kernel) + table->arena_size + (table->filter_mask + 1) / 8 + table->ranks_room * 4;
    size += (table->domains.mask + table->locals.mask + table->prefix_maps.mask + 3) * sizeof(slot);
    size += (uint64_t)table->general_room * sizeof(general_pattern) + (uint64_t)(table->gram_mask + 1) * 8;
    size += (uint64_t)table->general_count * MOST_STRIDE * sizeof(gram_link);
    for (uint32_t place = 0; place < table->general_count; place++)
        size += table->generals[place].length;
    return size;
}

/* ------------------------------------------------------------------ look-ups */

/* An address on its way: folded, its parts found, its first look-up prefetched. */
typedef struct {
    const uint8_t *value;
    uint32_t length, local; /* octets of the value; of its local part, which is all of it without `@` */
    int32_t answer;         /* where it is known already */
    uint32_t known;
    uint32_t type;
    uint8_t one_at;         /* it holds one `@` */
    uint8_t masked;         /* `dots` says where the dots of its domain are */
    uint64_t dots;
    uint64_t hash;          /* of what stands after the last `@` */
} query;

typedef struct {
    int32_t literals, answer;
} match_so_far;

static inline void consider(const kernel *table, match_so_far *best, int32_t literals, int32_t answer) {
    if (literals > best->literals ||
        (literals == best->literals && is_better(table, answer, best->answer))) {
        best->literals = literals;
        best->answer = answer;
    }
}

/* Whether a piece without `*` stands at a place; `%` is any octet. */
static inline int piece_at(const uint8_t *piece, uint32_t length, const uint8_t *text) {
    for (uint32_t place = 0; place < length; place++)
        if (piece[place] != text[place] && piece[place] != '%')
            return 0;
    return 1;
}

/* Pieces between stars, each at its leftmost place: no pattern takes more than length times length. */
static int covers(const uint8_t *pattern, uint32_t length, const uint8_t *text, uint32_t size) {
    const uint8_t *end = pattern + length, *star = memchr(pattern, '*', length);
    if (!star)
        return length == size && piece_at(pattern, length, text);
    uint32_t first = (uint32_t)(star - pattern), last = 0;
    while (end[-1 - (int64_t)last] != '*')
        last++;
    if (first + last > size || !piece_at(pattern, first, text) || !piece_at(end - last, last, text + size - last))
        return 0;
    uint32_t place = first, stop = size - last;
    const uint8_t *piece = star + 1;
    while (piece < end - last) {
        const uint8_t *next = memchr(piece, '*', (size_t)(end - last - piece));
        if (!next)
            break;
        uint32_t width = (uint32_t)(next - piece);
        while (place + width <= stop && !piece_at(piece, width, text + place))
            place++;
        if (place + width > stop)
            return 0;
        place += width;
        piece = next + 1;
    }
    return 1;
}

static inline void try_general(const kernel *table, const query *asked, const general_pattern *made, match_so_far *best) {
    if (made->type == asked->type && made->literals >= best->literals &&
        covers(made->pattern, made->length, asked->value, asked->length))
        consider(table, best, made->literals, made->answer);
}

static void find_generals(const kernel *table, const query *asked, match_so_far *best) {
    const uint8_t *value = asked->value;
    uint32_t stride = table->types[asked->type].gram_stride;
    for (uint32_t place = 0; place + GRAM <= asked->length; place += stride) {
        uint32_t gram = load4(value + place), bit = gram_hash(table, gram) >> 17;
        if (!(table->gram_filter[bit >> 6] >> (bit & 63) & 1))
            continue;
        for (int32_t link = table->gram_first[gram_slot(table, gram)]; link >= 0; link = table->links[link].next)
            try_general(table, asked, &table->generals[table->links[link].number], best);
    }
    for (int32_t number = table->types[asked->type].first_always; number >= 0; number = table->generals[number].next)
        try_general(table, asked, &table->generals[number], best);
}

/* Walk the parents of a domain, what stands after each dot, the longest first. */
typedef struct {
    const uint8_t *start, *end, *place;
    uint64_t dots;
    uint32_t masked;
    uint64_t states[KERNEL_LONGEST / 8 + 1]; /* of the hash, after each word from the right */
} parents;

static inline void parents_begin(parents *walk, const kernel *table, const query *asked, const uint8_t *start, const uint8_t *end) {
    uint32_t words = (uint32_t)(end - start) / 8;
    walk->start = walk->place = start;
    walk->end = end;
    walk->dots = asked->dots;
    walk->masked = asked->masked;
    walk->states[0] = table->seed;
    for (uint32_t word = 0; word < words; word++)
        walk->states[word + 1] = mixed(walk->states[word] ^ load8(end - 8 * (word + 1)), STEP);
}

static inline int parents_next(parents *walk, uint32_t type, uint64_t *hash, uint32_t *length) {
    if (walk->masked) {
        if (!walk->dots)
            return 0;
        walk->place = walk->start + lowest_bit(walk->dots) + 1;
        walk->dots &= walk->dots - 1;
    } else {
        while (walk->place < walk->end && *walk->place != '.')
            walk->place++;
        if (walk->place == walk->end)
            return 0;
        walk->place++;
    }
    *length = (uint32_t)(walk->end - walk->place);
    *hash = chain_end(walk->states[*length / 8], walk->place, *length, type);
    return 1;
}

static int32_t find_by_domain(const kernel *table, const query *asked) {
    const type_state *state = &table->types[asked->type];
    const uint8_t *end = asked->value + asked->length;
    const uint8_t *domain = asked->local < asked->length ? asked->value + asked->local + 1 : asked->value;
    uint32_t length = (uint32_t)(end - domain);
    uint32_t entry = domain_find(table, asked->hash, domain, length, asked->type);
    if (entry) {
        const domain_entry *found = domain_at(table, entry);
        if (found->at != KERNEL_NONE)
            return found->at;
        if (found->below != KERNEL_NONE)
            return found->below;
    }
    if (state->has_below) {
        parents walk;
        uint64_t hash;
        parents_begin(&walk, table, asked, domain, end);
        while (parents_next(&walk, asked->type, &hash, &length))
            if (filter_has(table, hash) && (entry = domain_find(table, hash, walk.place, length, asked->type)) &&
                domain_at(table, entry)->below != KERNEL_NONE)
                return domain_at(table, entry)->below;
    }
    return state->any;
}

static int32_t find_by_value(const kernel *table, const query *asked) {
    const type_state *state = &table->types[asked->type];
    const uint8_t *value = asked->value, *end = value + asked->length;
    match_so_far best = {-1, KERNEL_NONE};
    int has_at = asked->local < asked->length;
    const uint8_t *domain = has_at ? value + asked->local + 1 : end;
    uint32_t domain_length = (uint32_t)(end - domain), length;
    uint64_t hash;
    parents walk;
    if (has_at) {
        uint32_t entry = domain_find(table, asked->hash, domain, domain_length, asked->type);
        if (entry) {
            const domain_entry *found = domain_at(table, entry);
            if (found->flags & HAS_LOCALS) {
                int32_t exact = local_find(table, value, asked->local, entry, 0);
                if (exact != KERNEL_NONE)
                    return exact;
            }
            if (found->at != KERNEL_NONE)
                best = (match_so_far){(int32_t)domain_length + 1, found->at};
            if (found->flags & HAS_PREFIXES) {
                uint64_t lengths;
                memcpy(&lengths, prefix_map(table, entry), 8);
                for (uint32_t prefix = asked->local < LONGEST_PREFIX ? asked->local : LONGEST_PREFIX; prefix; prefix--) {
                    if (!(lengths >> prefix & 1))
                        continue;
                    int32_t answer = local_find(table, value, prefix, entry, 1);
                    if (answer != KERNEL_NONE) {
                        best = (match_so_far){(int32_t)(prefix + 1 + domain_length), answer};
                        break;
                    }
                }
            }
        }
        /* A parent has fewer literals, unless the first label is empty */
        if (state->has_below && (best.literals < 0 || (domain_length && *domain == '.'))) {
            parents_begin(&walk, table, asked, domain, end);
            while (parents_next(&walk, asked->type, &hash, &length)) {
                if (!filter_has(table, hash))
                    continue;
                uint32_t parent = domain_find(table, hash, walk.place, length, asked->type);
                if (parent && domain_at(table, parent)->below != KERNEL_NONE) {
                    consider(table, &best, (int32_t)length + 2, domain_at(table, parent)->below);
                    break;
                }
            }
        }
    } else {
        uint32_t entry = domain_find(table, asked->hash, value, asked->length, asked->type | NO_AT);
        if (entry)
            return domain_at(table, entry)->at;
    }
    if (state->has_generals && best.literals <= state->most_literals)
        find_generals(table, asked, &best);
    if (state->any != KERNEL_NONE)
        consider(table, &best, 0, state->any);
    if (best.answer != KERNEL_NONE)
        return best.answer;
    if (state->has_locals && asked->one_at) { /* partial: the longest parent at which the local part is named */
        parents_begin(&walk, table, asked, domain, end);
        while (parents_next(&walk, asked->type, &hash, &length)) {
            uint32_t parent = length ? domain_find(table, hash, walk.place, length, asked->type) : 0;
            if (parent && domain_at(table, parent)->flags & HAS_LOCALS) {
                int32_t partial = local_find(table, value, asked->local, parent, 0);
                if (partial != KERNEL_NONE)
                    return partial;
            }
        }
    }
    return state->blank;
}

/* Where certain octets stand in a short address. */
typedef struct {
    uint64_t ats, dots, stops; /* stops: what ends a type, or its search, and other octets up to a blank */
} marks;

/* Fold into the scratch area; 0 where the text holds what is not decided here. Up to 64 octets are marked. */
static inline int fold(uint8_t *to, const uint8_t *text, uint32_t length, marks *found) {
    *found = (marks){0, 0, 0};
#ifdef HAVE_SSE2
    const __m128i before_a = _mm_set1_epi8('A' - 1), after_z = _mm_set1_epi8('Z' + 1), bit = _mm_set1_epi8(0x20);
    const __m128i star = _mm_set1_epi8('*'), percent = _mm_set1_epi8('%'), at = _mm_set1_epi8('@');
    const __m128i dot = _mm_set1_epi8('.'), colon = _mm_set1_epi8(':'), quote = _mm_set1_epi8('"');
    const __m128i after_blank = _mm_set1_epi8(' ' + 1);
    __m128i odd = _mm_setzero_si128();
    for (uint32_t place = 0; place < length; place += 16) {
        __m128i octets;
        if (LIKELY(place + 16 <= length)) {
            octets = _mm_loadu_si128((const __m128i *)(text + place));
        } else if (length >= 16) { /* the last 16 again, where they belong */
            place = length - 16;
            octets = _mm_loadu_si128((const __m128i *)(text + place));
        } else {
            uint8_t padded[16] = {0};
            memcpy(padded, text, length);
            octets = _mm_loadu_si128((const __m128i *)padded);
        }
        __m128i ats = _mm_cmpeq_epi8(octets, at);
        __m128i stops = _mm_or_si128(_mm_or_si128(ats, _mm_cmpeq_epi8(octets, colon)),
                                     _mm_or_si128(_mm_cmpeq_epi8(octets, quote), _mm_cmplt_epi8(octets, after_blank)));
        __m128i upper = _mm_and_si128(_mm_cmpgt_epi8(octets, before_a), _mm_cmplt_epi8(octets, after_z));
        odd = _mm_or_si128(odd, _mm_or_si128(octets, _mm_or_si128(_mm_cmpeq_epi8(octets, star), _mm_cmpeq_epi8(octets, percent))));
        _mm_storeu_si128((__m128i *)(to + place), _mm_or_si128(octets, _mm_and_si128(upper, bit)));
        if (place < MARKED) {
            found->ats |= (uint64_t)(uint32_t)_mm_movemask_epi8(ats) << place;
            found->dots |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, dot)) << place;
            found->stops |= (uint64_t)(uint32_t)_mm_movemask_epi8(stops) << place;
        }
    }
    return !_mm_movemask_epi8(odd);
#else
    uint8_t odd = 0;
    for (uint32_t place = 0; place < length; place++) {
        uint8_t octet = text[place];
        odd |= octet | (octet == '*' || octet == '%' ? 0x80 : 0);
        to[place] = lower(octet);
        if (place < MARKED) {
            found->ats |= (uint64_t)(octet == '@') << place;
            found->dots |= (uint64_t)(octet == '.') << place;
            found->stops |= (uint64_t)(octet == '@' || octet == ':' || octet == '"' || octet <= ' ') << place;
        }
    }
    return !(odd & 0x80);
#endif
}

static int type_of(const kernel *table, const uint8_t *name, uint32_t length) {
    if (length > LONGEST_TYPE)
        return -1;
    for (int number = 0; number < table->name_count; number++) {
        const type_name *known = &table->names[number];
        if (known->length != length)
            continue;
        uint32_t place = 0;
        while (place < length && known->name[place] == (name[place] >= 'a' && name[place] <= 'z' ? name[place] - 32 : name[place]))
            place++;
        if (place == length)
            return known->number;
    }
    return -1;
}

static inline void settle(query *asked, int32_t answer) {
    asked->known = 1;
    asked->answer = answer;
}

static inline const uint8_t *without_blanks(const uint8_t *text, const uint8_t *end) {
    while (text < end && is_blank(*text))
        text++;
    return text;
}

/* First pass: fold, find type, value and domain, hash the domain, and ask memory for its slot. */
static inline void prepare(const kernel *table, query *asked, uint8_t *scratch, const uint8_t *text, int64_t size) {
    asked->known = 0;
    asked->hash = 0;
    if (size < 0) {
        settle(asked, KERNEL_NONE);
        return;
    }
    if (size > KERNEL_LONGEST) {
        settle(asked, KERNEL_ODD);
        return;
    }
    uint32_t length = (uint32_t)size;
    marks found;
    if (!fold(scratch, text, length, &found)) {
        settle(asked, KERNEL_ODD);
        return;
    }
    const uint8_t *value = scratch, *end = scratch + length;
    while (value < end && is_blank(*value))
        value++;
    while (value < end && is_blank(end[-1]))
        end--;
    int type = table->smtp;
    /* Without a branch: half of the addresses have the prefix, and nobody can foretell which */
    uint32_t named = (end - value >= 5) & !FIRST_OCTETS(load8(value) ^ load8((const uint8_t *)"smtp:\0\0"), 5);
    value += 5 * named;
    if (value < end && is_blank(*value))
        value = without_blanks(value, end);
    const uint8_t *place = value;
    if (length <= MARKED) {
        uint64_t stops = value < end ? found.stops >> (value - scratch) : 0;
        place = stops ? value + lowest_bit(stops) : end;
    }
    while (place < end && *place != ':' && *place != '@' && *place != '"' && !is_blank(*place))
        place++;
    if (!named & (place < end) & (*place == ':')) {
        type = type_of(table, value, (uint32_t)(place - value));
        value = without_blanks(place + 1, end);
    }
    if (type < 0 || table->types[type].is_constant) {
        settle(asked, type < 0 ? table->other_types : table->types[type].constant);
        return;
    }
    asked->type = (uint32_t)type;
    asked->value = value;
    asked->length = asked->local = (uint32_t)(end - value);
    asked->one_at = 0;
    asked->masked = length <= MARKED;
    const uint8_t *at = NULL;
    if (asked->masked) {
        uint32_t skipped = (uint32_t)(value - scratch);
        uint64_t ats = asked->length ? found.ats >> skipped : 0;
        if (ats) {
            at = value + highest_bit(ats);
            asked->one_at = !(ats & (ats - 1));
            asked->dots = at + 1 < end ? found.dots >> (skipped + (at - value) + 1) : 0;
        }
    } else {
        at = last_at(value, asked->length);
        asked->one_at = at && !last_at(value, (size_t)(at - value));
    }
    const uint8_t *domain = at ? at + 1 : value;
    if (at)
        asked->local = (uint32_t)(at - value);
    else
        asked->dots = asked->length && asked->masked ? found.dots >> (value - scratch) : 0;
    asked->hash = hash_of(table->seed, domain, (uint32_t)(end - domain), asked->type | (at || table->by_domain ? 0 : NO_AT));
    PREFETCH(&table->domains.slots[asked->hash & table->domains.mask]);
}

/* Second pass: ask memory for the entry that the slot points to, the right one more often than not. */
static inline void approach(const kernel *table, const query *asked) {
    slot found = table->domains.slots[asked->hash & table->domains.mask];
    const uint8_t *entry = table->arena + (found.entry ? (uint64_t)(found.entry - 1) * 4 : 0);
    PREFETCH(entry);
    PREFETCH(entry + 63);
}

static inline int32_t answer_of(const kernel *table, const query *asked) {
    if (asked->known)
        return asked->answer;
    return table->by_domain ? find_by_domain(table, asked) : find_by_value(table, asked);
}

#define MATCH_BLOCKS(text_of, size_of)                                                                 \
    uint8_t scratch[BLOCK][SCRATCH + 2 * MARGIN];                                                      \
    query asked[BLOCK];                                                                                \
    for (size_t start = 0; start < count; start += BLOCK) {                                            \
        size_t stop = count - start < BLOCK ? count - start : BLOCK;                                   \
        for (size_t each = 0; each < stop; each++) {                                                   \
            size_t row = start + each;                                                                 \
            prepare(table, &asked[each], scratch[each] + MARGIN, text_of, size_of);                    \
        }                                                                                              \
        for (size_t each = 0; each < stop; each++)                                                     \
            approach(table, &asked[each]);                                                             \
        for (size_t each = 0; each < stop; each++)                                                     \
            answers[start + each] = answer_of(table, &asked[each]);                                    \
    }

static inline int is_valid(const uint8_t *validity, int64_t row) {
    return !validity || validity[row >> 3] >> (row & 7) & 1;
}

int32_t kernel_match_one(const kernel *table, const uint8_t *text, int64_t length) {
    uint8_t scratch[SCRATCH + 2 * MARGIN];
    query asked;
    prepare(table, &asked, scratch + MARGIN, text, length);
    return answer_of(table, &asked);
}

void kernel_match(const kernel *table, const kernel_text *texts, size_t count, int32_t *answers) {
    MATCH_BLOCKS(texts[row].text, texts[row].length)
}

void kernel_match_utf8(const kernel *table, const uint8_t *data, const int32_t *offsets, const uint8_t *validity,
                       int64_t first, size_t count, int32_t *answers) {
    MATCH_BLOCKS(data + offsets[row],
                 is_valid(validity, first + (int64_t)row) ? (int64_t)offsets[row + 1] - offsets[row] : -1)
}

void kernel_match_large_utf8(const kernel *table, const uint8_t *data, const int64_t *offsets, const uint8_t *validity,
                             int64_t first, size_t count, int32_t *answers) {
    MATCH_BLOCKS(data + offsets[row], is_valid(validity, first + (int64_t)row) ? offsets[row + 1] - offsets[row] : -1)
}

static inline const uint8_t *view_text(const uint8_t *view, const uint8_t *const *buffers) {
    int32_t length, buffer, start;
    memcpy(&length, view, 4);
    if (length <= 12)
        return view + 4;
    memcpy(&buffer, view + 8, 4);
    memcpy(&start, view + 12, 4);
    return buffers[buffer] + start;
}

static inline int64_t view_size(const uint8_t *view) {
    int32_t length;
    memcpy(&length, view, 4);
    return length;
}

void kernel_match_views(const kernel *table, const uint8_t *views, const uint8_t *const *buffers,
                        const uint8_t *validity, int64_t first, size_t count, int32_t *answers) {
    MATCH_BLOCKS(is_valid(validity, first + (int64_t)row) ? view_text(views + 16 * row, buffers) : views,
                 is_valid(validity, first + (int64_t)row) ? view_size(views + 16 * row) : -1)
}

/* ------------------------------------------------------------------ floors */

uint64_t kernel_floor_read(const uint8_t *data, const int32_t *offsets, size_t count) {
    uint64_t sum = 0;
    for (int64_t place = offsets[0]; place < offsets[count]; place++)
        sum += data[place];
    return sum;
}

uint64_t kernel_floor_hash(const uint8_t *data, const int32_t *offsets, size_t count) {
    uint64_t sum = 0;
    for (size_t row = 0; row < count; row++) {
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        for (int32_t place = offsets[row]; place < offsets[row + 1]; place++)
            hash = (hash ^ data[place]) * UINT64_C(0x100000001b3);
        sum ^= hash;
    }
    return sum;
}
