/* Look-ups by the block: each step is taken for many addresses before the next, so that the memory which one waits for is
 * fetched while others are read, and what can't be foretold of an address chooses no branch until few are left. */
#include "tables.h"

#define BLOCK 64  /* addresses that are on their way together */
#define SHORT 64  /* octets of an address whose `@`s fit a word */
#define NARROW 32 /* octets of a domain that is compared without a branch */

/* An address on its way. */
typedef struct {
    const uint8_t *text;    /* its value as written, then folded */
    const uint8_t *domain;  /* folded, in a row of its own or in the value */
    uint32_t length, local; /* octets of the value; of its local part, which is all of it without `@` */
    uint32_t width;         /* octets of the domain */
    uint32_t type, key;     /* key: the type as domains have it */
    uint32_t row;
    uint32_t entry;         /* of its domain, 0 where there is none */
    uint64_t hash;          /* of its domain, then of the parent that is looked up */
    uint64_t dots;          /* of a narrow domain: those not yet walked */
    const uint8_t *parent;  /* what stands after a dot; NULL where there is none left */
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
        covers(made->pattern, made->length, asked->text, asked->length))
        consider(table, best, made->literals, made->answer);
}

/* Whether any gram of a value may be one of the filter; those that follow it in memory may be taken for its own. */
static inline uint32_t may_hold_grams(const kernel *table, const uint8_t *value, uint32_t length, uint32_t stride) {
    uint32_t held = 0;
    for (uint32_t place = 0; place + GRAM <= length; place += 4 * stride)
        held |= gram_is_filtered(table, load4(value + place)) | gram_is_filtered(table, load4(value + place + stride)) |
                gram_is_filtered(table, load4(value + place + 2 * stride)) | gram_is_filtered(table, load4(value + place + 3 * stride));
    return held;
}

static void find_generals(const kernel *table, const query *asked, match_so_far *best) {
    const uint8_t *value = asked->text;
    const type_state *state = &table->types[asked->type];
    uint32_t seen[KERNEL_LONGEST], count = 0; /* a gram that comes again leads to nothing new */
    if (may_hold_grams(table, value, asked->length, state->gram_stride))
        for (uint32_t place = 0; place + GRAM <= asked->length; place += state->gram_stride) {
            uint32_t gram = load4(value + place), before = 0;
            if (!gram_is_filtered(table, gram))
                continue;
            while (before < count && seen[before] != gram)
                before++;
            if (before < count)
                continue;
            seen[count++] = gram;
            for (int32_t link = table->gram_first[gram_slot(table, gram)]; link >= 0; link = table->links[link].next)
                try_general(table, asked, &table->generals[table->links[link].number], best);
        }
    for (int32_t number = state->first_always; number >= 0; number = table->generals[number].next)
        try_general(table, asked, &table->generals[number], best);
}

/* Where the dots of a narrow domain stand; NARROW octets from its start are readable. */
static inline uint64_t dots_of(const uint8_t *domain, uint32_t width) {
    uint64_t dots = 0;
#ifdef HAVE_SSE2
    const __m128i dot = _mm_set1_epi8('.');
    dots = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)domain), dot));
    dots |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(domain + 16)), dot)) << 16;
    return dots & ((UINT64_C(1) << width) - 1);
#else
    for (uint32_t place = 0; place < width; place++)
        dots |= (uint64_t)(domain[place] == '.') << place;
    return dots;
#endif
}

/* Walk on to the next parent of the domain, what stands after a dot, that the filter lets through: the longest first. */
static inline void next_parent(const kernel *table, query *asked) {
    const uint8_t *end = asked->domain + asked->width;
    for (;;) {
        if (asked->width <= NARROW) {
            if (!asked->dots)
                break;
            asked->parent = asked->domain + lowest_bit(asked->dots) + 1;
            asked->dots &= asked->dots - 1;
        } else {
            const uint8_t *dot = memchr(asked->parent, '.', (size_t)(end - asked->parent));
            if (!dot)
                break;
            asked->parent = dot + 1;
        }
        if (filter_has(table, filter_hash(table, asked->parent, (uint32_t)(end - asked->parent), asked->type)))
            return;
    }
    asked->parent = NULL;
}

/* The same for the first parent of a narrow domain, where most have two: which of them it is can't be foretold. */
static inline void first_parent(const kernel *table, query *asked, uint64_t dots) {
    const uint64_t more = dots & (dots - 1), rest = more & (more - 1), sure = UINT64_C(1) << (NARROW - 1);
    const uint8_t *end = asked->domain + asked->width, *one, *other;
    one = asked->domain + lowest_bit(dots | sure) + 1;
    other = asked->domain + lowest_bit(more | sure) + 1;
    uint32_t has_one = (dots != 0) & filter_has(table, filter_hash(table, one, dots ? (uint32_t)(end - one) : 0, asked->type));
    uint32_t has_other = (more != 0) & filter_has(table, filter_hash(table, other, more ? (uint32_t)(end - other) : 0, asked->type));
    asked->dots = has_one ? more : rest;
    asked->parent = has_one ? one : has_other ? other : NULL;
    if (RARELY(!(has_one | has_other) & (rest != 0)))
        next_parent(table, asked);
}

/* The best `below` of the parents, its domain's length in `length`; KERNEL_NONE where there is none. */
static inline int32_t find_below(const kernel *table, query *asked, uint32_t *length) {
    for (; asked->parent; next_parent(table, asked)) {
        *length = (uint32_t)(asked->domain + asked->width - asked->parent);
        uint64_t hash = hash_of(table, asked->parent, *length, asked->type);
        uint32_t parent = domain_find(table, hash, asked->parent, *length, asked->type);
        if (parent && domain_at(table, parent)->below != KERNEL_NONE)
            return domain_at(table, parent)->below;
    }
    return KERNEL_NONE;
}

static int32_t find_by_domain(const kernel *table, query *asked) {
    uint32_t length;
    if (asked->entry) {
        const domain_entry *found = domain_at(table, asked->entry);
        if (found->at != KERNEL_NONE)
            return found->at;
        if (found->below != KERNEL_NONE)
            return found->below;
    }
    int32_t below = find_below(table, asked, &length);
    return below != KERNEL_NONE ? below : table->types[asked->type].any;
}

/* The best answer of a domain for a local part: an address named exactly is told by `exact`. */
static inline match_so_far at_domain(const kernel *table, const query *asked, int *exact) {
    const domain_entry *found = domain_at(table, asked->entry);
    match_so_far best = {-1, KERNEL_NONE};
    *exact = 0;
    if (found->head.flags & HAS_LOCALS) {
        const local_entry *named = local_find(table, asked->text, asked->local, asked->entry, 0);
        if (named) {
            *exact = 1;
            return (match_so_far){(int32_t)asked->length, named->answer};
        }
    }
    if (found->at != KERNEL_NONE)
        best = (match_so_far){found->head.length + 1, found->at};
    if (found->head.flags & HAS_PREFIXES) {
        uint64_t lengths;
        memcpy(&lengths, prefix_map(table, asked->entry), sizeof lengths);
        for (uint32_t prefix = asked->local < LONGEST_PREFIX ? asked->local : LONGEST_PREFIX; prefix; prefix--) {
            const local_entry *named =
                lengths >> prefix & 1 ? local_find(table, asked->text, prefix, asked->entry, 1) : NULL;
            if (named)
                return (match_so_far){(int32_t)(prefix + 1 + found->head.length), named->answer};
        }
    }
    return best;
}

/* Partial: the longest parent at which the local part is named. */
static int32_t find_partial(const kernel *table, const query *asked) {
    const uint8_t *end = asked->domain + asked->width, *parent = asked->domain;
    if (asked->key != asked->type || memchr(asked->text, '@', asked->local))
        return KERNEL_NONE; /* no `@`, or two */
    while ((parent = memchr(parent, '.', (size_t)(end - parent))) && ++parent < end) {
        uint32_t length = (uint32_t)(end - parent);
        uint32_t entry = domain_find(table, hash_of(table, parent, length, asked->type), parent, length, asked->type);
        if (entry && domain_at(table, entry)->head.flags & HAS_LOCALS) {
            const local_entry *named = local_find(table, asked->text, asked->local, entry, 0);
            if (named)
                return named->answer;
        }
    }
    return KERNEL_NONE;
}

/* What no domain decides: general patterns, `*`, partial, blank. */
static inline int32_t find_elsewhere(const kernel *table, const query *asked, match_so_far best) {
    const type_state *state = &table->types[asked->type];
    if (best.literals <= state->most_literals)
        find_generals(table, asked, &best);
    if (state->any != KERNEL_NONE)
        consider(table, &best, 0, state->any);
    if (best.answer != KERNEL_NONE)
        return best.answer;
    int32_t partial = state->has_locals ? find_partial(table, asked) : KERNEL_NONE;
    return partial != KERNEL_NONE ? partial : state->blank;
}

static int32_t find_by_value(const kernel *table, query *asked) {
    match_so_far best = {-1, KERNEL_NONE};
    uint32_t length;
    if (asked->entry) {
        if (asked->key != asked->type)
            return domain_at(table, asked->entry)->at; /* no `@`: the value itself */
        int exact;
        best = at_domain(table, asked, &exact);
        if (exact)
            return best.answer;
    }
    int32_t below = find_below(table, asked, &length);
    if (below != KERNEL_NONE)
        consider(table, &best, (int32_t)length + 2, below);
    return find_elsewhere(table, asked, best);
}

/* ------------------------------------------------------------------ steps */

static inline const uint8_t *without_blanks(const uint8_t *text, const uint8_t *end) {
    while (text < end && is_blank(*text))
        text++;
    return text;
}

static int type_of(const kernel *table, const uint8_t *name, uint32_t length) {
    uint8_t upper[LONGEST_TYPE] = {0};
    if (length > LONGEST_TYPE)
        return -1;
    for (uint32_t place = 0; place < length; place++)
        upper[place] = name[place] >= 'a' && name[place] <= 'z' ? name[place] - 32 : name[place];
    for (int number = 0; number < table->name_count; number++)
        if (table->names[number].length == length && !memcmp(table->names[number].name, upper, length))
            return table->names[number].number;
    return -1;
}

/* Where an address has `@`, whether it has a colon, and whether it holds what is not decided here. */
typedef struct {
    uint64_t ats;
    int has_colon, is_odd;
} marks;

#ifdef HAVE_SSE2

#define LOAD_16(from) _mm_loadu_si128((const __m128i *)(from))
#define STORE_16(to, octets) _mm_storeu_si128((__m128i *)(to), octets)

static inline __m128i folded(__m128i octets) {
    const __m128i to_top = _mm_set1_epi8(127 - 'Z'), below_top = _mm_set1_epi8(127 - 26), bit = _mm_set1_epi8(0x20);
    __m128i upper = _mm_cmpgt_epi8(_mm_add_epi8(octets, to_top), below_top);
    return _mm_or_si128(octets, _mm_and_si128(upper, bit));
}

/* Mark 16 octets at their place. */
ALWAYS_INLINE void mark_16(__m128i octets, uint32_t place, uint64_t *ats, __m128i *colons, __m128i *odd) {
    *ats |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8('@'))) << place;
    *colons = _mm_or_si128(*colons, _mm_cmpeq_epi8(octets, _mm_set1_epi8(':')));
    *odd = _mm_or_si128(_mm_or_si128(*odd, octets), _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('*')),
                                                                 _mm_cmpeq_epi8(octets, _mm_set1_epi8('%'))));
}

/* Up to 15 octets, then zeros. */
static inline __m128i load_few(const uint8_t *text, uint32_t length) {
    uint8_t padded[16] = {0};
    if (length >= 8) {
        memcpy(padded, text, 8);
        memcpy(padded + length - 8, text + length - 8, 8);
    } else {
        for (uint32_t place = 0; place < length; place++)
            padded[place] = text[place];
    }
    return LOAD_16(padded);
}

/* Mark a short address. Lengths can't be foretold, so 16 octets may be read twice rather than a branch be taken. */
static inline marks mark(const uint8_t *text, uint32_t length) {
    __m128i odd = _mm_setzero_si128(), colons = odd;
    uint64_t ats = 0;
    if (RARELY(length < 16)) {
        mark_16(load_few(text, length), 0, &ats, &colons, &odd);
    } else {
        uint32_t last = length - 16, second = last < 16 ? last : 16;
        mark_16(LOAD_16(text), 0, &ats, &colons, &odd);
        mark_16(LOAD_16(text + second), second, &ats, &colons, &odd);
        if (RARELY(length > 48))
            mark_16(LOAD_16(text + 32), 32, &ats, &colons, &odd);
        mark_16(LOAD_16(text + last), last, &ats, &colons, &odd);
    }
    return (marks){ats, _mm_movemask_epi8(colons), _mm_movemask_epi8(odd)};
}

/* Fold a short text. */
static inline void fold_to(uint8_t *to, const uint8_t *text, uint32_t length) {
    if (RARELY(length < 16)) {
        STORE_16(to, folded(load_few(text, length)));
        return;
    }
    uint32_t last = length - 16, second = last < 16 ? last : 16;
    STORE_16(to, folded(LOAD_16(text)));
    STORE_16(to + second, folded(LOAD_16(text + second)));
    if (RARELY(length > 48))
        STORE_16(to + 32, folded(LOAD_16(text + 32)));
    STORE_16(to + last, folded(LOAD_16(text + last)));
}

/* Fold a narrow domain to the end of a row, zeros before it. */
static inline void fold_domain(uint8_t *row, const uint8_t *end, uint32_t width) {
    STORE_16(row, folded(_mm_and_si128(LOAD_16(end - 32), LOAD_16(MASKS + width))));
    STORE_16(row + 16, folded(_mm_and_si128(LOAD_16(end - 16), LOAD_16(MASKS + width + 16))));
}

#else

static inline marks mark(const uint8_t *text, uint32_t length) {
    marks found = {0, 0, 0};
    for (uint32_t place = 0; place < length; place++) {
        uint8_t octet = text[place];
        found.ats |= (uint64_t)(octet == '@') << place;
        found.has_colon |= octet == ':';
        found.is_odd |= (octet & 0x80) || octet == '*' || octet == '%';
    }
    return found;
}

static inline void fold_to(uint8_t *to, const uint8_t *text, uint32_t length) {
    for (uint32_t place = 0; place < length; place++)
        to[place] = lower(text[place]);
}

static inline void fold_domain(uint8_t *row, const uint8_t *end, uint32_t width) {
    memset(row, 0, NARROW - width);
    fold_to(row + NARROW - width, end - width, width);
}

#endif

/* Find the type that stands before a colon, and what is left without blanks. 0 where the answer is known by that. */
static int read_type(const kernel *table, query *asked, const uint8_t *text, uint32_t length, int32_t *answer) {
    const uint8_t *end = text + length, *value, *place;
    int type = table->smtp;
    while (end > text && is_blank(end[-1]))
        end--;
    place = value = without_blanks(text, end);
    while (place < end && *place != ':' && *place != '@' && *place != '"' && !is_blank(*place))
        place++;
    if (place < end && *place == ':') {
        type = type_of(table, value, (uint32_t)(place - value));
        value = without_blanks(place + 1, end);
    }
    if (type < 0 || table->types[type].is_constant) {
        *answer = type < 0 ? table->other_types : table->types[type].constant;
        return 0;
    }
    asked->type = (uint32_t)type;
    asked->text = value;
    asked->length = (uint32_t)(end - value);
    return 1;
}

/* First step: find type, value and domain of a short address, fold and hash the domain, and ask memory for its bucket.
 * 1 where that was done, 0 where the answer is known, -1 where the address is to be matched alone. */
static inline int prepare(const kernel *table, query *asked, uint8_t *row, const uint8_t *text, uint32_t length, int32_t *answer) {
    marks found = mark(text, length);
    if (RARELY(found.is_odd | !length)) {
        *answer = KERNEL_ODD;
        return length ? 0 : -1;
    }
    /* half of the addresses have the prefix, and nobody can foretell which */
    uint32_t named = length > 5 ? ((load4(text) | 0x20202020u) == load4((const uint8_t *)"smtp")) & (text[4] == ':') : 0;
    asked->text = text + 5 * named;
    asked->length = length - 5 * named;
    asked->type = (uint32_t)table->smtp;
    if (RARELY((found.has_colon && !named) || *asked->text <= ' ' || text[length - 1] <= ' ' || table->smtp < 0 ||
               table->types[table->smtp].is_constant)) {
        if (!read_type(table, asked, text, length, answer))
            return 0;
        if (asked->text + asked->length != text + length)
            return -1; /* blanks at the end: the margin may be too narrow without them */
    }
    uint32_t skipped = (uint32_t)(asked->text - text);
    uint64_t ats = asked->length ? found.ats >> skipped : 0;
    asked->local = ats ? highest_bit(ats) : asked->length;
    asked->width = ats ? asked->length - asked->local - 1 : asked->length;
    if (RARELY(asked->width > NARROW))
        return -1;
    asked->key = asked->type | (ats || table->by_domain ? 0 : NO_AT);
    fold_domain(row, asked->text + asked->length, asked->width);
    asked->domain = row + NARROW - asked->width;
    uint64_t words[4] = {load8(row), load8(row + 8), load8(row + 16), load8(row + 24)};
    asked->hash = mixed_words(table->seeds, words, (uint64_t)asked->key << 32 | asked->width);
    PREFETCH(&table->domains.buckets[asked->hash & table->domains.mask]);
    return 1;
}

/* Second step: the entry whose tag fits, most likely the right one; ask memory for it. */
static inline void probe(const kernel *table, query *asked) {
    const bucket *found = &table->domains.buckets[asked->hash & table->domains.mask];
    uint32_t bits = tagged(found, (uint32_t)(asked->hash >> 32));
    asked->entry = bits ? found->entries[lowest_bit(bits)] : 0;
    const uint8_t *entry = (const uint8_t *)domain_at(table, asked->entry);
    PREFETCH(entry);
    PREFETCH(entry + sizeof(domain_entry) + MARGIN - 1);
}

/* Third step: 1 where that entry alone decides. */
static inline int judge(const kernel *table, const query *asked, int32_t *answer) {
    const domain_entry *found = domain_at(table, asked->entry);
    const domain_head head = {(uint16_t)asked->width, (uint8_t)asked->key, 0};
    uint32_t wanted, there;
    memcpy(&wanted, &head, sizeof wanted);
    memcpy(&there, &found->head, sizeof there);
    *answer = found->at;
    return (there == wanted) & same((const uint8_t *)(found + 1), asked->domain, asked->width) &
           (found->at != KERNEL_NONE) & ((int32_t)asked->width >= table->types[asked->type].most_literals);
}

/* Fourth step, for those that are left: be sure of the domain, and find its first parent. 1 where there is either. */
static inline int approach(const kernel *table, query *asked) {
    const domain_entry *found = domain_at(table, asked->entry);
    const bucket *first = &table->domains.buckets[asked->hash & table->domains.mask];
    if (asked->entry ? !is_domain(found, asked->domain, asked->width, asked->key) : is_full(first)) {
        asked->entry = domain_find(table, asked->hash, asked->domain, asked->width, asked->key); /* in another slot */
        found = domain_at(table, asked->entry);
    }
    asked->parent = NULL;
    if (!table->types[asked->type].has_below || asked->key != asked->type)
        return asked->entry != 0;
    if (asked->width > NARROW) {
        asked->parent = asked->domain;
        next_parent(table, asked);
    } else {
        first_parent(table, asked, dots_of(asked->domain, asked->width));
    }
    /* A parent has fewer literals than the domain, unless the first label is empty */
    if (asked->entry && found->at != KERNEL_NONE && !(found->head.flags & LEADING_DOT))
        asked->parent = NULL;
    return (asked->entry != 0) | (asked->parent != NULL);
}

/* Fifth step: ask memory for the bucket of that parent. */
static inline void approach_parent(const kernel *table, query *asked) {
    if (asked->parent) {
        uint32_t length = (uint32_t)(asked->domain + asked->width - asked->parent);
        asked->hash = hash_of(table, asked->parent, length, asked->type);
        PREFETCH(&table->domains.buckets[asked->hash & table->domains.mask]);
    }
}

/* Sixth step: ask memory for its entry. */
static inline void probe_parent(const kernel *table, const query *asked) {
    const bucket *found = &table->domains.buckets[asked->hash & table->domains.mask];
    uint32_t bits = tagged(found, (uint32_t)(asked->hash >> 32));
    PREFETCH(domain_at(table, bits ? found->entries[lowest_bit(bits)] : 0));
}

/* Last step; its value is folded. */
static inline int32_t finish(const kernel *table, query *asked) {
    return table->by_domain ? find_by_domain(table, asked) : find_by_value(table, asked);
}

/* The last step where neither its domain nor a parent is named. */
static inline int32_t finish_unnamed(const kernel *table, const query *asked) {
    const match_so_far none = {-1, KERNEL_NONE};
    return table->by_domain ? table->types[asked->type].any : find_elsewhere(table, asked, none);
}

/* ------------------------------------------------------------------ rows */

/* One address of any length in all steps at once. */
static int32_t match_alone(const kernel *table, const uint8_t *text, int64_t size) {
    uint8_t room[MARGIN + KERNEL_LONGEST + 1 + MARGIN] = {0}, *value = room + MARGIN;
    query asked;
    int32_t answer = KERNEL_NONE;
    uint8_t odd = 0;
    if (size < 0)
        return KERNEL_NONE;
    if (size > KERNEL_LONGEST)
        return KERNEL_ODD;
    for (int64_t place = 0; place < size; place++) {
        odd |= text[place] | (text[place] == '*' || text[place] == '%' ? 0x80 : 0);
        value[place] = lower(text[place]);
    }
    if (odd & 0x80)
        return KERNEL_ODD;
    if (!read_type(table, &asked, value, (uint32_t)size, &answer))
        return answer;
    const uint8_t *at = last_at(asked.text, asked.length);
    asked.local = at ? (uint32_t)(at - asked.text) : asked.length;
    asked.domain = at ? at + 1 : asked.text;
    asked.width = (uint32_t)(asked.text + asked.length - asked.domain);
    asked.key = asked.type | (at || table->by_domain ? 0 : NO_AT);
    asked.hash = hash_of(table, asked.domain, asked.width, asked.key);
    probe(table, &asked);
    (void)approach(table, &asked);
    return finish(table, &asked);
}

/* How the texts of a column are found. */
typedef struct {
    const uint8_t *data, *validity;
    const void *places;
    int64_t first;
    const uint8_t *const *buffers;
} column;

/* A text, or a length below zero for null; whether MARGIN octets before its end are readable. */
typedef struct {
    const uint8_t *text;
    int64_t length;
    int has_margin;
} found_text;

typedef found_text text_at(const column *texts, size_t row);

/* Answer all rows; how many the kernel leaves. */
ALWAYS_INLINE size_t match_rows(const kernel *table, const column *texts, text_at *find, size_t count, int32_t *answers) {
    uint8_t rows[BLOCK * NARROW + MARGIN], values[BLOCK][MARGIN + SHORT + MARGIN] = {{0}};
    query asked[BLOCK];
    uint8_t left[BLOCK], named[BLOCK], nowhere[BLOCK];
    size_t odd = 0;
    memset(rows + sizeof rows - MARGIN, 0, MARGIN);
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t stop = count - start < BLOCK ? count - start : BLOCK, waiting = 0, slow = 0, named_count = 0, nowhere_count = 0;
        for (size_t each = 0; each < stop; each++) {
            found_text text = find(texts, start + each);
            int32_t *answer = &answers[start + each];
            int status = RARELY((uint64_t)text.length > SHORT || !text.has_margin) ? -1
                : prepare(table, &asked[waiting], rows + waiting * NARROW, text.text, (uint32_t)text.length, answer);
            asked[waiting].row = (uint32_t)each;
            if (RARELY(status <= 0)) {
                if (status < 0)
                    *answer = match_alone(table, text.text, text.length);
                odd += *answer == KERNEL_ODD;
            } else {
                waiting++;
            }
        }
        for (size_t each = 0; each < waiting; each++)
            probe(table, &asked[each]);
        for (size_t each = 0; each < waiting; each++) {
            left[slow] = (uint8_t)each;
            slow += !judge(table, &asked[each], &answers[start + asked[each].row]);
        }
        for (size_t each = 0; each < slow; each++) {
            query *next = &asked[left[each]];
            fold_to(values[each] + MARGIN, next->text, next->length);
            next->text = values[each] + MARGIN;
            int is_named = approach(table, next);
            named[named_count] = nowhere[nowhere_count] = left[each];
            named_count += is_named;
            nowhere_count += !is_named;
        }
        for (size_t each = 0; each < named_count; each++)
            approach_parent(table, &asked[named[each]]);
        for (size_t each = 0; each < nowhere_count; each++) {
            query *last = &asked[nowhere[each]];
            answers[start + last->row] = finish_unnamed(table, last);
        }
        for (size_t each = 0; each < named_count; each++)
            probe_parent(table, &asked[named[each]]);
        for (size_t each = 0; each < named_count; each++) {
            query *last = &asked[named[each]];
            answers[start + last->row] = finish(table, last);
        }
    }
    return odd;
}

static inline int is_null(const column *texts, size_t row) {
    int64_t place = texts->first + (int64_t)row;
    return texts->validity && !(texts->validity[place >> 3] >> (place & 7) & 1);
}

static inline found_text pointed(const column *texts, size_t row) {
    kernel_text found = ((const kernel_text *)texts->places)[row];
    return (found_text){found.text, found.length, 1};
}

static inline found_text narrow(const column *texts, size_t row) {
    const int32_t *offsets = texts->places;
    int64_t length = is_null(texts, row) ? -1 : (int64_t)offsets[row + 1] - offsets[row];
    return (found_text){texts->data + offsets[row], length, offsets[row + 1] >= MARGIN};
}

static inline found_text wide(const column *texts, size_t row) {
    const int64_t *offsets = texts->places;
    int64_t length = is_null(texts, row) ? -1 : offsets[row + 1] - offsets[row];
    return (found_text){texts->data + offsets[row], length, offsets[row + 1] >= MARGIN};
}

static inline found_text viewed(const column *texts, size_t row) {
    const uint8_t *view = (const uint8_t *)texts->places + 16 * row;
    int32_t length, buffer, start;
    memcpy(&length, view, 4);
    if (is_null(texts, row))
        return (found_text){view, -1, 0};
    if (length <= 12)
        return (found_text){view + 4, length, row >= 2};
    memcpy(&buffer, view + 8, 4);
    memcpy(&start, view + 12, 4);
    return (found_text){texts->buffers[buffer] + start, length, (int64_t)start + length >= MARGIN};
}

int32_t kernel_match_one(const kernel *table, const uint8_t *text, int64_t length) {
    uint8_t row[NARROW + MARGIN], value[MARGIN + SHORT + MARGIN] = {0};
    query asked;
    int32_t answer;
    int status = (uint64_t)length > SHORT ? -1 : prepare(table, &asked, row, text, (uint32_t)length, &answer);
    if (status < 0)
        return match_alone(table, text, length);
    if (!status)
        return answer;
    memset(row + NARROW, 0, MARGIN);
    probe(table, &asked);
    if (judge(table, &asked, &answer))
        return answer;
    fold_to(value + MARGIN, asked.text, asked.length);
    asked.text = value + MARGIN;
    (void)approach(table, &asked);
    return finish(table, &asked);
}

size_t kernel_match(const kernel *table, const kernel_text *texts, size_t count, int32_t *answers) {
    const column found = {.places = texts};
    return match_rows(table, &found, pointed, count, answers);
}

size_t kernel_match_utf8(const kernel *table, const uint8_t *data, const int32_t *offsets, const uint8_t *validity,
                         int64_t first, size_t count, int32_t *answers) {
    const column found = {.data = data, .validity = validity, .places = offsets, .first = first};
    return match_rows(table, &found, narrow, count, answers);
}

size_t kernel_match_large_utf8(const kernel *table, const uint8_t *data, const int64_t *offsets, const uint8_t *validity,
                               int64_t first, size_t count, int32_t *answers) {
    const column found = {.data = data, .validity = validity, .places = offsets, .first = first};
    return match_rows(table, &found, wide, count, answers);
}

size_t kernel_match_views(const kernel *table, const uint8_t *views, const uint8_t *const *buffers,
                          const uint8_t *validity, int64_t first, size_t count, int32_t *answers) {
    const column found = {.validity = validity, .places = views, .first = first, .buffers = buffers};
    return match_rows(table, &found, viewed, count, answers);
}
