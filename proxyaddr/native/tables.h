/* What building and look-ups share: loads, hashes, and the tables with their entries. */
#ifndef PROXYADDR_TABLES_H
#define PROXYADDR_TABLES_H

#include "ascii.h"
#include "kernel.h"

#include <string.h>

#define MARGIN KERNEL_MARGIN  /* bytes before and after each text that may be read when it is hashed or compared */
#define BUCKET 8              /* slots that are looked at together */
#define FILTER_BITS_A_KEY 12  /* of the filter that stands before look-ups of parent domains */
#define GRAM 4                /* bytes of a fragment by which patterns with wildcards are found */
#define MOST_STRIDE 4
#define LONGEST_PREFIX 62
#define LONGEST_TYPE 32
#define NO_AT 128             /* added to a type for values without `@` */
#define NO_TYPE 255           /* of the entry that no domain matches */

enum { HAS_LOCALS = 1, HAS_PREFIXES = 2, LEADING_DOT = 4 };

/* What is compared of a domain before its text. */
typedef struct {
    uint16_t length;
    uint8_t type;
    uint8_t flags; /* why `at` may not be the answer */
} domain_head;

/* A domain and its routes; its text follows. */
typedef struct {
    int32_t at;         /* the route of *@domain; by domain, of the domain itself */
    int32_t subdomains; /* the route of *@*.domain; by domain, of *.domain */
    domain_head head;
} domain_entry;

/* A local part, or a prefix of one, at a domain; its text follows. */
typedef struct {
    uint32_t domain;
    int32_t answer;
    uint16_t length;
    uint16_t is_prefix;
} local_entry;

/* Slots in one cache line: tags, and entries, which are places in the arena in units of 4 bytes. An entry 0 is a free
 * slot, and so are all slots after it. */
typedef struct {
    uint32_t tags[BUCKET];
    uint32_t entries[BUCKET];
} bucket;

typedef struct {
    void *memory;    /* as it was allocated; the buckets start at a cache line in it */
    bucket *buckets; /* what a full one has no room for is in the next */
    uint64_t mask;
    uint64_t used;
} hash_table;

/* A pattern with wildcards that no domain leads to: it is tried where its longest fragment occurs. */
typedef struct {
    uint8_t *pattern;
    uint32_t length;
    int32_t literals;
    int32_t answer;
    int32_t next;  /* the next of those that are always tried, -1 at the end */
    uint8_t type;
} wildcard_pattern;

/* A pattern with wildcards, in the list of one gram. */
typedef struct {
    int32_t number;
    int32_t next; /* the next link of the same gram, -1 at the end */
} gram_link;

typedef struct {
    uint8_t name[LONGEST_TYPE];
    uint8_t length;
    uint8_t number;
} type_name;

typedef struct {
    int32_t constant; /* the answer where is_constant */
    int32_t blank;    /* the route of the blank pattern */
    int32_t any;      /* the route of `*` */
    int is_constant;
    int has_subdomains, has_locals;
    int32_t most_literals; /* of the patterns with wildcards; -1 where there are none */
    int32_t first_always;  /* patterns without a gram, chained by `next` */
    uint32_t gram_stride;  /* the gram at every so many bytes of an address is looked up */
} type_state;

struct kernel {
    int by_domain;
    uint64_t seeds[4];
    uint8_t *arena;
    void *arena_memory; /* as it was allocated; the arena starts in it */
    uint64_t arena_used, arena_size;
    hash_table domains, locals, prefix_maps;
    uint64_t *filter;
    uint64_t filter_mask, subdomain_count, subdomain_room;
    uint32_t *subdomain_entries; /* domains with a route for subdomains, until the filter is made */
    wildcard_pattern *wildcard_patterns;
    uint32_t wildcard_count, wildcard_room;
    uint32_t *grams;       /* slots of a hash table: the gram */
    int32_t *gram_first;   /* slots: its first link, -1 for a free slot */
    gram_link *links;
    uint32_t gram_mask;
    uint32_t gram_filter[1024];
    type_name names[2 * KERNEL_MAX_TYPES];
    int name_count;
    type_state types[KERNEL_MAX_TYPES];
    int type_count;
    int smtp;
    int has_types_with_blanks;
    int32_t other_types; /* the answer for a type that was not named */
    int32_t *ranks; /* by answer: of two that match equally well the lower rank wins */
    uint64_t ranks_room;
};

/* ------------------------------------------------------------------ loads */

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

static inline uint32_t lowest_bit(uint64_t bits) {
#ifdef HAVE_GNU
    return (uint32_t)__builtin_ctzll(bits);
#else
    uint32_t bit = 0;
    while (!(bits >> bit & 1))
        bit++;
    return bit;
#endif
}

static inline uint32_t highest_bit(uint64_t bits) {
#ifdef HAVE_GNU
    return 63 - (uint32_t)__builtin_clzll(bits);
#else
    uint32_t bit = 63;
    while (!(bits >> bit & 1))
        bit--;
    return bit;
#endif
}

static inline const uint8_t *last_at(const uint8_t *text, size_t length) {
    while (length--)
        if (text[length] == '@')
            return text + length;
    return NULL;
}

/* Return whether two texts are equal; MARGIN bytes from the start of each must be readable. No branch up to 32 bytes. */
static inline int same(const uint8_t *one, const uint8_t *other, uint32_t length) {
#ifdef HAVE_SSE2
#define SAME_BITS(at) \
    (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(one + (at))), \
                                               _mm_loadu_si128((const __m128i *)(other + (at)))))
    for (; RARELY(length > 32); length -= 16, one += 16, other += 16)
        if (SAME_BITS(0) != 0xffff)
            return 0;
    uint32_t bits = SAME_BITS(0) | SAME_BITS(16) << 16;
    return !(~(uint64_t)bits & ((UINT64_C(1) << length) - 1));
#undef SAME_BITS
#else
    return !memcmp(one, other, length);
#endif
}

/* ------------------------------------------------------------------ hashes */

#define LAST UINT64_C(0xd6e8feb86659fd93)

static inline uint64_t mixed(uint64_t one, uint64_t other) {
#if defined(HAVE_GNU) && defined(__SIZEOF_INT128__)
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

static const uint8_t MASKS[64] = {[32] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                  255,        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

/* Return one of the four words at the end of a text, with zeros for all but its last `length` bytes. */
static inline uint64_t word_of(const uint8_t *end, uint32_t length, int word) {
    return load8(end - 32 + 8 * word) & load8(MASKS + length + 8 * word);
}

/* Mix a state with 32 bytes. */
static inline uint64_t mixed_words(const uint64_t *seeds, const uint64_t *words, uint64_t state) {
    uint64_t left = mixed(words[0] ^ seeds[0], words[1] ^ seeds[1]), right = mixed(words[2] ^ seeds[2], words[3] ^ seeds[3]);
    return mixed(left ^ state, right ^ LAST);
}

/* Hash a text, from its right end; MARGIN bytes before it must be readable. No branch up to 32 bytes: the
 * lengths of domains are not predictable. */
static inline uint64_t hash_of(const kernel *table, const uint8_t *text, uint32_t length, uint32_t salt) {
    const uint8_t *end = text + length;
    uint64_t state = (uint64_t)salt << 32 | length, words[4];
    uint32_t part = length;
    for (;; part -= 32, end -= 32) {
        uint32_t count = part < 32 ? part : 32;
        for (int word = 0; word < 4; word++)
            words[word] = word_of(end, count, word);
        state = mixed_words(table->seeds, words, state);
        if (!RARELY(part > 32))
            return state;
    }
}

static inline uint64_t hash_of_local(const kernel *table, const uint8_t *text, uint32_t length, uint32_t domain, uint32_t is_prefix) {
    return mixed(hash_of(table, text, length, is_prefix ? 2 : 1) ^ domain, LAST);
}

/* ------------------------------------------------------------------ tables */

/* Return a bit for each slot of a bucket that has this tag. */
static inline uint32_t tagged(const bucket *found, uint32_t tag) {
#ifdef HAVE_SSE2
    __m128i wanted = _mm_set1_epi32((int)tag);
    __m128i first = _mm_cmpeq_epi32(_mm_load_si128((const __m128i *)found->tags), wanted);
    __m128i second = _mm_cmpeq_epi32(_mm_load_si128((const __m128i *)(found->tags + 4)), wanted);
    __m128i both = _mm_packs_epi16(_mm_packs_epi32(first, second), _mm_setzero_si128());
    return (uint32_t)_mm_movemask_epi8(both);
#else
    uint32_t bits = 0;
    for (uint32_t slot = 0; slot < BUCKET; slot++)
        bits |= (uint32_t)(found->tags[slot] == tag) << slot;
    return bits;
#endif
}

static inline int is_full(const bucket *found) { return found->entries[BUCKET - 1] != 0; }

/* A walk over the entries whose hash may be the wanted one. */
typedef struct {
    uint64_t place;
    uint32_t tag, bits;
} candidates;

static inline candidates candidates_of(const hash_table *table, uint64_t hash) {
    uint64_t place = hash & table->mask;
    uint32_t tag = (uint32_t)(hash >> 32);
    return (candidates){place, tag, tagged(&table->buckets[place], tag)};
}

static inline uint32_t next_candidate(const hash_table *table, candidates *walk) {
    for (;;) {
        const bucket *found = &table->buckets[walk->place];
        while (walk->bits) {
            uint32_t entry = found->entries[lowest_bit(walk->bits)];
            walk->bits &= walk->bits - 1;
            if (entry)
                return entry;
        }
        if (!is_full(found))
            return 0;
        walk->place = (walk->place + 1) & table->mask;
        walk->bits = tagged(&table->buckets[walk->place], walk->tag);
    }
}

static inline domain_entry *domain_at(const kernel *table, uint32_t entry) {
    return (domain_entry *)(table->arena + (uint64_t)entry * 4);
}

static inline local_entry *local_at(const kernel *table, uint32_t entry) {
    return (local_entry *)(table->arena + (uint64_t)entry * 4);
}

static inline int is_domain(const domain_entry *found, const uint8_t *text, uint32_t length, uint32_t type) {
    return found->head.length == length && found->head.type == type && same((const uint8_t *)(found + 1), text, length);
}

static inline uint32_t domain_find(const kernel *table, uint64_t hash, const uint8_t *text, uint32_t length, uint32_t type) {
    candidates walk = candidates_of(&table->domains, hash);
    uint32_t entry;
    while ((entry = next_candidate(&table->domains, &walk)) && !is_domain(domain_at(table, entry), text, length, type))
        ;
    return entry;
}

static inline local_entry *local_find(const kernel *table, const uint8_t *text, uint32_t length, uint32_t domain, uint32_t is_prefix) {
    candidates walk = candidates_of(&table->locals, hash_of_local(table, text, length, domain, is_prefix));
    uint32_t entry;
    while ((entry = next_candidate(&table->locals, &walk))) {
        local_entry *found = local_at(table, entry);
        if (found->domain == domain && found->is_prefix == is_prefix && found->length == length &&
            same((const uint8_t *)(found + 1), text, length))
            return found;
    }
    return NULL;
}

/* Return where the word lies that has a bit for each length of prefix at a domain; NULL where it has none. */
static inline uint8_t *prefix_map(const kernel *table, uint32_t domain) {
    candidates walk = candidates_of(&table->prefix_maps, (uint64_t)domain << 32 | (uint32_t)mixed(table->seeds[0] ^ domain, LAST));
    uint32_t entry = next_candidate(&table->prefix_maps, &walk);
    return entry ? table->arena + (uint64_t)entry * 4 : NULL;
}

/* Return whether an answer wins over another that matches equally well. */
static inline int is_better(const kernel *table, int32_t answer, int32_t other) {
    return table->ranks[answer] < table->ranks[other] ||
           (table->ranks[answer] == table->ranks[other] && answer < other);
}

/* Hash the last 16 bytes and the length for the filter, which sees many parents that no pattern names. */
static inline uint64_t filter_hash(const kernel *table, const uint8_t *text, uint32_t length, uint32_t type) {
    const uint8_t *end = text + length;
    uint32_t count = length < 32 ? length : 32;
    return mixed(word_of(end, count, 2) ^ table->seeds[2] ^ ((uint64_t)type << 16 | length), word_of(end, count, 3) ^ table->seeds[3]);
}

static inline uint32_t filter_has(const kernel *table, uint64_t hash) {
    uint64_t one = hash & table->filter_mask, other = (hash >> 24) & table->filter_mask;
    return (uint32_t)(table->filter[one >> 6] >> (one & 63) & table->filter[other >> 6] >> (other & 63) & 1);
}

static inline uint32_t gram_hash(const kernel *table, uint32_t gram) {
    return (gram * ((uint32_t)table->seeds[0] | 1)) ^ (uint32_t)(table->seeds[0] >> 32);
}

static inline uint32_t gram_is_filtered(const kernel *table, uint32_t gram) {
    uint32_t bit = gram_hash(table, gram) >> 17;
    return table->gram_filter[bit >> 5] >> (bit & 31) & 1;
}

/* Return the slot of a gram, or the free one where it belongs. */
static inline uint32_t gram_slot(const kernel *table, uint32_t gram) {
    uint32_t place = gram_hash(table, gram) >> 7 & table->gram_mask;
    while (table->gram_first[place] >= 0 && table->grams[place] != gram)
        place = (place + 1) & table->gram_mask;
    return place;
}

#endif
