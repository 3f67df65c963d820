/* Build the kernel's tables, row by row. Which pattern wins is decided as in AddressSpace.match, the readable reference. */
#include "tables.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#define LINE 64 /* bytes of a cache line */
#define LARGE_PAGE (UINT64_C(1) << 21)
#define LONGEST_PREFETCHED 64 /* bytes of a pattern whose bucket is prefetched */

/* Units of the arena that an entry can name and, where a size_t has 32 bits, memory can have. */
#define MOST_UNITS (SIZE_MAX / 4 < UINT32_MAX ? SIZE_MAX / 4 : UINT32_MAX)

/* Return zeroed memory for a table that is read at random places. From two large pages on it lies in such pages where the
 * system has them: a look-up then misses no page in the processor's own list of pages. `start` is the first whole line. */
static void *table_memory(uint64_t size, uint8_t **start) {
    uint64_t line = size < 2 * LARGE_PAGE ? LINE : LARGE_PAGE;
    void *memory = calloc((size_t)(size + line), 1);
    *start = (uint8_t *)(((uintptr_t)memory + line - 1) / line * line);
#if defined(MADV_HUGEPAGE)
    if (memory && line == LARGE_PAGE)
        (void)madvise(*start, (size_t)size, MADV_HUGEPAGE); /* a wish: without it only time is lost */
#endif
    return memory;
}

static int table_make(hash_table *table, uint64_t keys) {
    uint64_t size = 1;
    while (size * BUCKET * 5 < keys * 8) /* at most five slots of eight are used */
        size *= 2;
    if (size > (SIZE_MAX - LARGE_PAGE) / sizeof(bucket))
        return -1;
    uint8_t *start;
    table->memory = table_memory(size * sizeof(bucket), &start);
    table->buckets = (bucket *)start;
    table->mask = size - 1;
    table->used = 0;
    return table->memory ? 0 : -1;
}

static void table_put(hash_table *table, uint64_t hash, uint32_t entry) {
    uint64_t place = hash & table->mask;
    while (is_full(&table->buckets[place]))
        place = (place + 1) & table->mask;
    uint32_t slot = 0;
    while (table->buckets[place].entries[slot])
        slot++;
    table->buckets[place].tags[slot] = (uint32_t)(hash >> 32);
    table->buckets[place].entries[slot] = entry;
    table->used++;
}

typedef uint64_t hash_again(const kernel *table, uint32_t entry, uint32_t tag);

static uint64_t hash_of_domain_entry(const kernel *table, uint32_t entry, uint32_t tag) {
    const domain_entry *found = domain_at(table, entry);
    (void)tag;
    return hash_of(table, (const uint8_t *)(found + 1), found->head.length, found->head.type);
}

static uint64_t hash_of_local_entry(const kernel *table, uint32_t entry, uint32_t tag) {
    const local_entry *found = local_at(table, entry);
    (void)tag;
    return hash_of_local(table, (const uint8_t *)(found + 1), found->length, found->domain, found->is_prefix);
}

/* The tag of a prefix map is the domain itself. */
static uint64_t hash_of_prefix_map(const kernel *table, uint32_t entry, uint32_t tag) {
    (void)entry;
    return (uint64_t)tag << 32 | (uint32_t)mixed(table->seeds[0] ^ tag, LAST);
}

/* Make room for one more entry: where there is none, put every entry into a table twice as large. */
static int table_reserve(const kernel *kept, hash_table *table, hash_again *hash) {
    hash_table larger;
    uint64_t slots = (table->mask + 1) * BUCKET;
    if ((table->used + 1) * 8 <= slots * 5)
        return 0;
    if (table_make(&larger, slots * 5 / 4))
        return -1;
    for (uint64_t place = 0; place <= table->mask; place++)
        for (uint32_t slot = 0; slot < BUCKET; slot++) {
            const bucket *found = &table->buckets[place];
            if (found->entries[slot])
                table_put(&larger, hash(kept, found->entries[slot], found->tags[slot]), found->entries[slot]);
        }
    free(table->memory);
    *table = larger;
    return 0;
}

/* Take room in the arena, in whole units of 4 bytes, with a readable margin around it. Return 0 without memory. */
static uint32_t arena_take(kernel *table, size_t size) {
    uint64_t wanted = (size + 3) & ~(uint64_t)3;
    if (table->arena_used + wanted + MARGIN > table->arena_size) {
        uint64_t larger = table->arena_size * 3 / 2 + wanted + 4096;
        uint8_t *moved = larger / 4 < MOST_UNITS ? realloc(table->arena, (size_t)larger) : NULL;
        if (!moved)
            return 0;
        table->arena = table->arena_memory = moved;
        table->arena_size = larger;
    }
    uint32_t entry = (uint32_t)(table->arena_used / 4);
    memset(table->arena + table->arena_used, 0, wanted + MARGIN);
    table->arena_used += wanted;
    return entry;
}

/* Put a domain first that no address has: a look-up without a candidate compares with that. */
static int arena_begin(kernel *table) {
    if (!arena_take(table, sizeof(domain_entry) + MARGIN) && !table->arena)
        return -1;
    domain_at(table, 0)->head.type = NO_TYPE;
    return 0;
}

static uint32_t domain_take(kernel *table, const uint8_t *text, uint32_t length, uint32_t type) {
    uint64_t hash = hash_of(table, text, length, type);
    uint32_t entry = domain_find(table, hash, text, length, type);
    if (entry)
        return entry;
    if (table_reserve(table, &table->domains, hash_of_domain_entry))
        return 0;
    entry = arena_take(table, sizeof(domain_entry) + length);
    if (!entry)
        return 0;
    domain_entry *made = domain_at(table, entry);
    uint8_t flags = length && *text == '.' ? LEADING_DOT : 0;
    *made = (domain_entry){KERNEL_NONE, KERNEL_NONE, {(uint16_t)length, (uint8_t)type, flags}};
    memcpy(made + 1, text, length);
    table_put(&table->domains, hash, entry);
    return entry;
}

static inline void keep_better(const kernel *table, int32_t *kept, int32_t answer) {
    if (*kept == KERNEL_NONE || is_better(table, answer, *kept))
        *kept = answer;
}

static int local_add(kernel *table, const uint8_t *text, uint32_t length, uint32_t domain, uint32_t is_prefix, int32_t answer) {
    local_entry *held = local_find(table, text, length, domain, is_prefix);
    if (held) {
        keep_better(table, &held->answer, answer);
        return 0;
    }
    if (table_reserve(table, &table->locals, hash_of_local_entry))
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

static int prefix_map_add(kernel *table, uint32_t domain, uint32_t length) {
    uint64_t lengths = 0;
    uint8_t *map = prefix_map(table, domain);
    if (!map) {
        if (table_reserve(table, &table->prefix_maps, hash_of_prefix_map))
            return -1;
        uint32_t entry = arena_take(table, sizeof lengths);
        if (!entry)
            return -1;
        table_put(&table->prefix_maps, hash_of_prefix_map(table, entry, domain), entry);
        map = table->arena + (uint64_t)entry * 4;
    }
    memcpy(&lengths, map, sizeof lengths);
    lengths |= UINT64_C(1) << length;
    memcpy(map, &lengths, sizeof lengths);
    return 0;
}

/* ------------------------------------------------------------------ rows */

kernel *kernel_new(int by_domain, uint64_t rows, uint64_t seed) {
    kernel *table = calloc(1, sizeof(kernel));
    if (!table)
        return NULL;
    table->by_domain = by_domain;
    for (int word = 0; word < 4; word++) {
        seed += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
        uint64_t mix = (seed ^ seed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        mix = (mix ^ mix >> 27) * UINT64_C(0x94d049bb133111eb);
        table->seeds[word] = mix ^ mix >> 31;
    }
    table->smtp = -1;
    table->other_types = KERNEL_NONE;
    if (table_make(&table->domains, rows) || table_make(&table->locals, rows / 16) || table_make(&table->prefix_maps, 0) ||
        arena_begin(table)) {
        kernel_free(table);
        return NULL;
    }
    return table;
}

void kernel_free(kernel *table) {
    if (!table)
        return;
    for (uint32_t place = 0; place < table->wildcard_count; place++)
        free(table->wildcard_patterns[place].pattern);
    free(table->wildcard_patterns);
    free(table->grams);
    free(table->gram_first);
    free(table->links);
    free(table->filter);
    free(table->subdomain_entries);
    free(table->ranks);
    free(table->arena_memory);
    free(table->domains.memory);
    free(table->locals.memory);
    free(table->prefix_maps.memory);
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

void kernel_set_types_with_blanks(kernel *table) { table->has_types_with_blanks = 1; }

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
        int32_t *moved = room <= SIZE_MAX / sizeof(int32_t) ? realloc(table->ranks, (size_t)room * sizeof(int32_t)) : NULL;
        if (!moved)
            return -1;
        table->ranks = moved;
        table->ranks_room = room;
    }
    table->ranks[answer] = rank;
    return 0;
}

static int wildcard_add(kernel *table, int type, const uint8_t *pattern, uint32_t length, int32_t literals, int32_t answer) {
    if (table->wildcard_count == table->wildcard_room) {
        uint32_t room = table->wildcard_room * 2 + 16;
        wildcard_pattern *moved = realloc(table->wildcard_patterns, room * sizeof(wildcard_pattern));
        if (!moved)
            return -1;
        table->wildcard_patterns = moved;
        table->wildcard_room = room;
    }
    uint8_t *copy = malloc(length + 1);
    if (!copy)
        return -1;
    memcpy(copy, pattern, length);
    table->wildcard_patterns[table->wildcard_count++] = (wildcard_pattern){
        copy, length, literals, answer, -1, (uint8_t)type};
    type_state *state = &table->types[type];
    if (literals > state->most_literals)
        state->most_literals = literals;
    return 0;
}

static inline int has_wildcard(const uint8_t *text, size_t length) {
    return memchr(text, '*', length) || memchr(text, '%', length);
}

/* Set the route of a domain or of its subdomains, unless a better one is set. */
static int domain_set(kernel *table, const uint8_t *text, size_t length, uint32_t type, int for_subdomains, int32_t answer) {
    uint32_t entry = domain_take(table, text, (uint32_t)length, type);
    if (!entry)
        return -1;
    int32_t *field = for_subdomains ? &domain_at(table, entry)->subdomains : &domain_at(table, entry)->at;
    if (for_subdomains && *field == KERNEL_NONE) {
        if (table->subdomain_count == table->subdomain_room) {
            uint64_t room = table->subdomain_room * 2 + 64;
            uint32_t *moved = realloc(table->subdomain_entries, room * sizeof(uint32_t));
            if (!moved)
                return -1;
            table->subdomain_entries = moved;
            table->subdomain_room = room;
        }
        table->subdomain_entries[table->subdomain_count++] = entry;
    }
    keep_better(table, field, answer);
    return 0;
}

static int add_by_domain(kernel *table, int type, const uint8_t *text, size_t length, int32_t answer) {
    type_state *state = &table->types[type];
    if (length > 1 && text[0] == '*' && text[1] != '.')
        return 1; /* a domain that ends so, which no look-up of parents finds */
    if (length > KERNEL_LONGEST + 2)
        return 0; /* every address that it matches is too long to be decided here */
    if (length == 1 && *text == '*') {
        keep_better(table, &state->any, answer);
        return 0;
    }
    if (length > 1 && text[0] == '*' && text[1] == '.') {
        if (has_wildcard(text + 2, length - 2))
            return 0; /* every address that it matches holds a wildcard, and is not decided here */
        state->has_subdomains = 1;
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
            return 0; /* every address that it matches is too long to be decided here */
        if (!at)
            return domain_set(table, text, length, (uint32_t)type | NO_AT, 0, answer);
        uint32_t entry = domain_take(table, at + 1, (uint32_t)domain, (uint32_t)type);
        if (!entry)
            return -1;
        domain_at(table, entry)->head.flags |= HAS_LOCALS;
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
                domain_at(table, entry)->head.flags |= HAS_PREFIXES;
                return local_add(table, text, (uint32_t)local - 1, entry, 1, answer);
            }
        } else if (local == 1 && domain >= 2 && at[1] == '*' && at[2] == '.' && !has_wildcard(at + 3, domain - 2)) {
            state->has_subdomains = 1;
            return domain_set(table, at + 3, domain - 2, (uint32_t)type, 1, answer);
        }
    }
    return wildcard_add(table, type, text, (uint32_t)length, literals, answer);
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

void kernel_prefetch_bucket(const kernel *table, int type, const uint8_t *pattern, size_t length) {
    uint8_t room[MARGIN + LONGEST_PREFETCHED], *text = room + MARGIN;
    if (length > LONGEST_PREFETCHED)
        return;
    for (size_t place = 0; place < length; place++)
        text[place] = lower(pattern[place]);
    const uint8_t *at = last_at(text, length), *domain = at ? at + 1 : text, *end = text + length;
    if (end - domain > 2 && domain[0] == '*' && domain[1] == '.')
        domain += 2;
    uint32_t salt = (uint32_t)type | (at || table->by_domain ? 0 : NO_AT);
    PREFETCH(&table->domains.buckets[hash_of(table, domain, (uint32_t)(end - domain), salt) & table->domains.mask]);
}

/* ------------------------------------------------------------------ filters */

static int make_filter(kernel *table) {
    uint64_t bits = 512;
    while (bits < table->subdomain_count * FILTER_BITS_A_KEY)
        bits *= 2;
    table->filter = calloc(bits / 64, 8);
    if (!table->filter)
        return -1;
    table->filter_mask = bits - 1;
    for (uint64_t place = 0; place < table->subdomain_count; place++) {
        const domain_entry *found = domain_at(table, table->subdomain_entries[place]);
        uint64_t hash = filter_hash(table, (const uint8_t *)(found + 1), found->head.length, found->head.type);
        uint64_t one = hash & table->filter_mask, other = (hash >> 24) & table->filter_mask;
        table->filter[one >> 6] |= UINT64_C(1) << (one & 63);
        table->filter[other >> 6] |= UINT64_C(1) << (other & 63);
    }
    free(table->subdomain_entries);
    table->subdomain_entries = NULL;
    return 0;
}

/* Return the length of the longest run without a wildcard in a pattern, and where it starts. */
static uint32_t longest_fragment(const wildcard_pattern *made, uint32_t *start) {
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
    table->gram_filter[bit >> 5] |= UINT32_C(1) << (bit & 31);
}

/* List each pattern with wildcards under grams of its longest fragment, or among those that are always tried. Only every
 * gram_stride-th gram of an address is looked up, so as many grams in a row are listed: one of them is looked up wherever
 * the fragment stands. Of all such runs of grams the one is taken that has the fewest patterns so far. */
static int make_grams(kernel *table) {
    uint32_t size = 16, start = 0;
    for (int type = 0; type < table->type_count; type++)
        table->types[type].gram_stride = MOST_STRIDE;
    for (uint32_t number = 0; number < table->wildcard_count; number++) {
        uint32_t length = longest_fragment(&table->wildcard_patterns[number], &start);
        uint32_t *stride = &table->types[table->wildcard_patterns[number].type].gram_stride;
        if (length >= GRAM && length < GRAM + *stride - 1)
            *stride = length - GRAM + 1;
    }
    while (size < table->wildcard_count * MOST_STRIDE * 2)
        size *= 2;
    uint32_t *counts = calloc(65536, sizeof(uint32_t));
    table->grams = calloc(size, sizeof(uint32_t));
    table->gram_first = malloc(size * sizeof(int32_t));
    table->links = calloc((size_t)table->wildcard_count * MOST_STRIDE + 1, sizeof(gram_link));
    if (!table->grams || !table->gram_first || !table->links || !counts) {
        free(counts);
        return -1;
    }
    table->gram_mask = size - 1;
    for (uint32_t place = 0; place < size; place++)
        table->gram_first[place] = -1;
    for (uint32_t number = 0; number < table->wildcard_count; number++) {
        wildcard_pattern *made = &table->wildcard_patterns[number];
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
                used += counts[gram_hash(table, load4(made->pattern + place + gram)) >> 16];
            if (used < fewest)
                fewest = used, best = place;
        }
        for (uint32_t gram = 0; gram < state->gram_stride; gram++) {
            uint32_t found = load4(made->pattern + best + gram), link = number * MOST_STRIDE + gram, before = 0;
            while (before < gram && load4(made->pattern + best + before) != found)
                before++;
            if (before < gram)
                continue; /* it is listed already */
            counts[gram_hash(table, found) >> 16]++;
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
    uint8_t *fitting;
    void *memory = table_memory(table->arena_used + MARGIN, &fitting);
    if (memory) { /* else it stays where it grew */
        memcpy(fitting, table->arena, table->arena_used + MARGIN);
        free(table->arena_memory);
        table->arena = fitting;
        table->arena_memory = memory;
        table->arena_size = table->arena_used + MARGIN;
    }
    return 0;
}

uint64_t kernel_size(const kernel *table) {
    uint64_t size = sizeof(kernel) + table->arena_size + (table->filter_mask + 1) / 8 + table->ranks_room * 4;
    size += (table->domains.mask + table->locals.mask + table->prefix_maps.mask + 3) * sizeof(bucket);
    size += (uint64_t)table->wildcard_room * sizeof(wildcard_pattern) + (uint64_t)(table->gram_mask + 1) * 8;
    size += (uint64_t)table->wildcard_count * MOST_STRIDE * sizeof(gram_link);
    for (uint32_t place = 0; place < table->wildcard_count; place++)
        size += table->wildcard_patterns[place].length;
    return size;
}
