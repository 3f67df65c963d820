/* Who holds which address, by hashes; and what is known of domains. */
#include "holdings.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 24, LEVELS = 8 };

/* Mix eight bytes in; shifts before and after the product, so that each of them changes all bits. */
static uint64_t mixed(uint64_t hash, uint64_t word) {
    hash ^= word;
    hash ^= hash >> 32;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 29;
}

uint64_t key_hash(uint64_t seed, const uint8_t *key, size_t length) {
    uint64_t hash = seed ^ length * UINT64_C(0x9e3779b97f4a7c15), word;
    for (; length >= 8; key += 8, length -= 8) {
        memcpy(&word, key, 8);
        hash = mixed(hash, word);
    }
    word = 0;
    memcpy(&word, key, length);
    return mixed(mixed(hash, word), seed);
}

static domain_slot *slot_of(const domain_table *domains, uint64_t hash, const uint8_t *name, size_t length) {
    for (size_t place = hash & (domains->room - 1);; place = (place + 1) & (domains->room - 1)) {
        domain_slot *slot = domains->slots + place;
        if (!slot->is_used)
            return slot;
        const uint8_t *known = domains->names + slot->name;
        if (slot->hash == hash && known[0] == length && !memcmp(known + 1, name, length))
            return slot;
    }
}

static int make_room(domain_table *domains) {
    if (domains->names_end + LONGEST_DOMAIN + 1 > domains->names_room) {
        size_t room = domains->names_room ? 2 * domains->names_room : 1 << 14;
        uint8_t *names = realloc(domains->names, room);
        if (!names)
            return -1;
        domains->names = names;
        domains->names_room = room;
    }
    if (2 * domains->count < domains->room)
        return 0;
    domain_table larger = *domains;
    larger.room = domains->room ? 2 * domains->room : 256;
    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (!larger.slots)
        return -1;
    for (size_t place = 0; place < domains->room; place++) {
        const domain_slot *slot = domains->slots + place;
        if (slot->is_used) {
            const uint8_t *name = domains->names + slot->name;
            *slot_of(&larger, slot->hash, name + 1, name[0]) = *slot;
        }
    }
    free(domains->slots);
    *domains = larger;
    return 0;
}

int domain_flags(domain_table *domains, const uint8_t *name, size_t length) {
    uint64_t hash = key_hash(domains->seed, name, length);
    domain_slot *slot = domains->room ? slot_of(domains, hash, name, length) : NULL;
    if (slot && slot->is_used)
        return slot->flags;
    if (domains->count >= MOST_DOMAINS)
        return -1;
    if (make_room(domains))
        return -2;
    slot = slot_of(domains, hash, name, length);
    *slot = (domain_slot){hash, domains->names_end, 0, 1};
    domains->names[domains->names_end] = (uint8_t)length;
    memcpy(domains->names + domains->names_end + 1, name, length);
    domains->names_end += length + 1;
    domains->count++;
    return 0;
}

void domain_judge(domain_table *domains, const uint8_t *name, size_t length, uint8_t flags) {
    slot_of(domains, key_hash(domains->seed, name, length), name, length)->flags = flags | DOMAIN_JUDGED;
}

int holdings_add(holdings *held, uint64_t hash, uint32_t row) {
    if (held->count == held->room) {
        size_t room = held->room + held->room / 2 + 4096;
        holding *items = realloc(held->items, room * sizeof *items);
        if (!items)
            return -1;
        held->items = items;
        held->room = room;
    }
    held->items[held->count++] = (holding){(uint32_t)(hash >> 32), (uint32_t)hash, row};
    return 0;
}

static int is_before(const holding *one, const holding *other) {
    uint64_t first = holding_hash(one), second = holding_hash(other);
    return first < second || (first == second && one->row < other->row);
}

static unsigned byte_of(const holding *item, int level) { return (unsigned)(holding_hash(item) >> (56 - 8 * level)) & 255; }

static void sort_few(holding *items, size_t count) {
    for (size_t place = 1; place < count; place++) {
        holding moved = items[place];
        size_t to = place;
        for (; to && is_before(&moved, items + to - 1); to--)
            items[to] = items[to - 1];
        items[to] = moved;
    }
}

static int by_row(const void *one, const void *other) {
    uint32_t first = ((const holding *)one)->row, second = ((const holding *)other)->row;
    return (first > second) - (first < second);
}

/* Sort in place by one byte of the hash after the other, the first one first; equal hashes by their rows. */
static void sort_level(holding *items, size_t count, int level) {
    size_t ends[256] = {0}, next[256], place = 0;
    if (count <= FEW) {
        sort_few(items, count);
        return;
    }
    if (level == LEVELS) {
        qsort(items, count, sizeof *items, by_row);
        return;
    }
    for (size_t item = 0; item < count; item++)
        ends[byte_of(items + item, level)]++;
    for (unsigned byte = 0; byte < 256; byte++) {
        next[byte] = place;
        place += ends[byte];
        ends[byte] = place;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        while (next[byte] < ends[byte]) {
            holding moved = items[next[byte]];
            for (unsigned to = byte_of(&moved, level); to != byte; to = byte_of(&moved, level)) {
                holding other = items[next[to]];
                items[next[to]++] = moved;
                moved = other;
            }
            items[next[byte]++] = moved;
        }
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        size_t start = byte ? ends[byte - 1] : 0;
        if (ends[byte] - start > 1)
            sort_level(items + start, ends[byte] - start, level + 1);
    }
}

void holdings_sort(holdings *held) { sort_level(held->items, held->count, 0); }

size_t holdings_find(const holdings *held, uint64_t hash) {
    size_t low = 0, high = held->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (holding_hash(held->items + middle) < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void holdings_shared(const holdings *held, uint8_t *bits) {
    for (size_t place = 1; place < held->count; place++) {
        const holding *one = held->items + place - 1, *other = held->items + place;
        if (one->row != other->row && holding_hash(one) == holding_hash(other)) {
            bits[one->row >> 3] |= (uint8_t)(1 << (one->row & 7));
            bits[other->row >> 3] |= (uint8_t)(1 << (other->row & 7));
        }
    }
}
