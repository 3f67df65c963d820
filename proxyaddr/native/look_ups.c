/* Look-ups by the block: each step is taken for many addresses before the next, so that memory is fetched for one while
 * others are read. Branches that would be mispredicted are left to the last steps, which few addresses reach. */
#include "tables.h"

#define BLOCK 64  /* addresses that take each step together */
#define SHORT 64  /* bytes of an address that is looked up in a block: a bit each fits a word */
#define NARROW 32 /* bytes of a domain that is compared without a branch */

/* An address that is looked up. */
typedef struct {
    const uint8_t *text;    /* its value as written, then folded */
    const uint8_t *domain;  /* folded, in a row of its own or in the value */
    uint32_t length, local; /* bytes of the value, and of its local part: all of it where there is no `@` */
    uint32_t width;         /* bytes of the domain */
    uint32_t type, key;     /* key: the type of the domain's entry */
    uint32_t row;
    uint32_t entry;         /* of its domain, 0 where no pattern names it */
    uint64_t hash;          /* of its domain, then of the parent that is looked up */
    uint64_t dots;          /* a bit for each dot of a narrow domain whose parent is not yet tried */
    const uint8_t *parent;  /* the domain after one of its dots; NULL where none is left */
} address_query;

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

/* Return whether a piece without `*` equals the text; its `%` matches any byte. */
static inline int piece_at(const uint8_t *piece, uint32_t length, const uint8_t *text) {
    for (uint32_t place = 0; place < length; place++)
        if (piece[place] != text[place] && piece[place] != '%')
            return 0;
    return 1;
}

/* Return whether a pattern matches a text: each piece between stars is taken at its leftmost place, so that no pattern
 * takes more than length times length steps. */
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

static inline void try_wildcard(const kernel *table, const address_query *query, const wildcard_pattern *made, match_so_far *best) {
    if (made->type == query->type && made->literals >= best->literals &&
        covers(made->pattern, made->length, query->text, query->length))
        consider(table, best, made->literals, made->answer);
}

/* Return whether the filter may have any gram of a value; grams behind its end may count too. */
static inline uint32_t may_hold_grams(const kernel *table, const uint8_t *value, uint32_t length, uint32_t stride) {
    uint32_t held = 0;
    for (uint32_t place = 0; place + GRAM <= length; place += 4 * stride)
        held |= gram_is_filtered(table, load4(value + place)) | gram_is_filtered(table, load4(value + place + stride)) |
                gram_is_filtered(table, load4(value + place + 2 * stride)) | gram_is_filtered(table, load4(value + place + 3 * stride));
    return held;
}

static void find_wildcards(const kernel *table, const address_query *query, match_so_far *best) {
    const uint8_t *value = query->text;
    const type_state *state = &table->types[query->type];
    uint32_t seen[KERNEL_LONGEST], count = 0; /* a repeated gram finds nothing new */
    if (may_hold_grams(table, value, query->length, state->gram_stride))
        for (uint32_t place = 0; place + GRAM <= query->length; place += state->gram_stride) {
            uint32_t gram = load4(value + place), before = 0;
            if (!gram_is_filtered(table, gram))
                continue;
            while (before < count && seen[before] != gram)
                before++;
            if (before < count)
                continue;
            seen[count++] = gram;
            for (int32_t link = table->gram_first[gram_slot(table, gram)]; link >= 0; link = table->links[link].next)
                try_wildcard(table, query, &table->wildcard_patterns[table->links[link].number], best);
        }
    for (int32_t number = state->first_always; number >= 0; number = table->wildcard_patterns[number].next)
        try_wildcard(table, query, &table->wildcard_patterns[number], best);
}

/* Return a bit for each dot of a narrow domain; NARROW bytes from its start must be readable. */
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

/* Go on to the next parent of the domain that the filter may have, from the longest to the shortest. */
static inline void next_parent(const kernel *table, address_query *query) {
    const uint8_t *end = query->domain + query->width;
    for (;;) {
        if (query->width <= NARROW) {
            if (!query->dots)
                break;
            query->parent = query->domain + lowest_bit(query->dots) + 1;
            query->dots &= query->dots - 1;
        } else {
            const uint8_t *dot = memchr(query->parent, '.', (size_t)(end - query->parent));
            if (!dot)
                break;
            query->parent = dot + 1;
        }
        if (filter_has(table, filter_hash(table, query->parent, (uint32_t)(end - query->parent), query->type)))
            return;
    }
    query->parent = NULL;
}

/* Do the same for the first parent of a narrow domain, without a branch on which of the first two it is. */
static inline void first_parent(const kernel *table, address_query *query, uint64_t dots) {
    const uint64_t more = dots & (dots - 1), rest = more & (more - 1), sure = UINT64_C(1) << (NARROW - 1);
    const uint8_t *end = query->domain + query->width, *one, *other;
    one = query->domain + lowest_bit(dots | sure) + 1;
    other = query->domain + lowest_bit(more | sure) + 1;
    uint32_t has_one = (dots != 0) & filter_has(table, filter_hash(table, one, dots ? (uint32_t)(end - one) : 0, query->type));
    uint32_t has_other = (more != 0) & filter_has(table, filter_hash(table, other, more ? (uint32_t)(end - other) : 0, query->type));
    query->dots = has_one ? more : rest;
    query->parent = has_one ? one : has_other ? other : NULL;
    if (RARELY(!(has_one | has_other) & (rest != 0)))
        next_parent(table, query);
}

/* Return the route of the longest parent that has one for subdomains, and its length; KERNEL_NONE where there is none. */
static inline int32_t find_parent(const kernel *table, address_query *query, uint32_t *length) {
    for (; query->parent; next_parent(table, query)) {
        *length = (uint32_t)(query->domain + query->width - query->parent);
        uint64_t hash = hash_of(table, query->parent, *length, query->type);
        uint32_t parent = domain_find(table, hash, query->parent, *length, query->type);
        if (parent && domain_at(table, parent)->subdomains != KERNEL_NONE)
            return domain_at(table, parent)->subdomains;
    }
    return KERNEL_NONE;
}

static int32_t find_by_domain(const kernel *table, address_query *query) {
    uint32_t length;
    if (query->entry) {
        const domain_entry *found = domain_at(table, query->entry);
        if (found->at != KERNEL_NONE)
            return found->at;
        if (found->subdomains != KERNEL_NONE)
            return found->subdomains;
    }
    int32_t answer = find_parent(table, query, &length);
    return answer != KERNEL_NONE ? answer : table->types[query->type].any;
}

/* Return the best answer of a domain for a local part; `exact` is set where the whole address is named. */
static inline match_so_far at_domain(const kernel *table, const address_query *query, int *exact) {
    const domain_entry *found = domain_at(table, query->entry);
    match_so_far best = {-1, KERNEL_NONE};
    *exact = 0;
    if (found->head.flags & HAS_LOCALS) {
        const local_entry *named = local_find(table, query->text, query->local, query->entry, 0);
        if (named) {
            *exact = 1;
            return (match_so_far){(int32_t)query->length, named->answer};
        }
    }
    if (found->at != KERNEL_NONE)
        best = (match_so_far){found->head.length + 1, found->at};
    if (found->head.flags & HAS_PREFIXES) {
        uint64_t lengths;
        memcpy(&lengths, prefix_map(table, query->entry), sizeof lengths);
        for (uint32_t prefix = query->local < LONGEST_PREFIX ? query->local : LONGEST_PREFIX; prefix; prefix--) {
            const local_entry *named =
                lengths >> prefix & 1 ? local_find(table, query->text, prefix, query->entry, 1) : NULL;
            if (named)
                return (match_so_far){(int32_t)(prefix + 1 + found->head.length), named->answer};
        }
    }
    return best;
}

/* Return the partial match: the route of the local part at the longest parent that has one. */
static int32_t find_partial(const kernel *table, const address_query *query) {
    const uint8_t *end = query->domain + query->width, *parent = query->domain;
    if (query->key != query->type || memchr(query->text, '@', query->local))
        return KERNEL_NONE; /* no `@`, or two */
    while ((parent = memchr(parent, '.', (size_t)(end - parent))) && ++parent < end) {
        uint32_t length = (uint32_t)(end - parent);
        uint32_t entry = domain_find(table, hash_of(table, parent, length, query->type), parent, length, query->type);
        if (entry && domain_at(table, entry)->head.flags & HAS_LOCALS) {
            const local_entry *named = local_find(table, query->text, query->local, entry, 0);
            if (named)
                return named->answer;
        }
    }
    return KERNEL_NONE;
}

/* Return the answer where patterns with wildcards, `*`, a partial match or the blank pattern may beat the domain's. */
static inline int32_t find_elsewhere(const kernel *table, const address_query *query, match_so_far best) {
    const type_state *state = &table->types[query->type];
    if (best.literals <= state->most_literals)
        find_wildcards(table, query, &best);
    if (state->any != KERNEL_NONE)
        consider(table, &best, 0, state->any);
    if (best.answer != KERNEL_NONE)
        return best.answer;
    int32_t partial = state->has_locals ? find_partial(table, query) : KERNEL_NONE;
    return partial != KERNEL_NONE ? partial : state->blank;
}

static int32_t find_by_value(const kernel *table, address_query *query) {
    match_so_far best = {-1, KERNEL_NONE};
    uint32_t length;
    if (query->entry) {
        if (query->key != query->type)
            return domain_at(table, query->entry)->at; /* without `@` the entry is that of the whole value */
        int exact;
        best = at_domain(table, query, &exact);
        if (exact)
            return best.answer;
    }
    int32_t answer = find_parent(table, query, &length);
    if (answer != KERNEL_NONE)
        consider(table, &best, (int32_t)length + 2, answer);
    return find_elsewhere(table, query, best);
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

/* A bit for each `@` of an address, whether its type may be named, by a colon, or shown by its shape, which has a `=`, and
 * whether it holds what is not decided here. */
typedef struct {
    uint64_t ats;
    int may_show_type, is_undecided;
} marks;

#ifdef HAVE_SSE2

#define LOAD_16(from) _mm_loadu_si128((const __m128i *)(from))
#define STORE_16(to, bytes) _mm_storeu_si128((__m128i *)(to), bytes)

static inline __m128i folded(__m128i bytes) {
    const __m128i to_top = _mm_set1_epi8(127 - 'Z'), below_top = _mm_set1_epi8(127 - 26), bit = _mm_set1_epi8(0x20);
    __m128i upper = _mm_cmpgt_epi8(_mm_add_epi8(bytes, to_top), below_top);
    return _mm_or_si128(bytes, _mm_and_si128(upper, bit));
}

/* Add what 16 bytes hold to the marks. */
ALWAYS_INLINE void mark_16(__m128i bytes, uint32_t place, uint64_t *ats, __m128i *signs, __m128i *undecided) {
    *ats |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('@'))) << place;
    /* one comparison for both signs: `;` and `<` lie between, and are rare */
    *signs = _mm_or_si128(*signs, _mm_cmplt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8((char)(0x80 - ':'))),
                                                 _mm_set1_epi8((char)(0x80 + '=' - ':' + 1))));
    *undecided = _mm_or_si128(_mm_or_si128(*undecided, bytes), _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('*')),
                                                                 _mm_cmpeq_epi8(bytes, _mm_set1_epi8('%'))));
}

/* Load up to 15 bytes, followed by zeros. */
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

/* Mark a short address. Its length is not predictable, so some bytes are read twice in place of a branch. */
static inline marks mark(const uint8_t *text, uint32_t length) {
    __m128i undecided = _mm_setzero_si128(), signs = undecided;
    uint64_t ats = 0;
    if (RARELY(length < 16)) {
        mark_16(load_few(text, length), 0, &ats, &signs, &undecided);
    } else {
        uint32_t last = length - 16, second = last < 16 ? last : 16;
        mark_16(LOAD_16(text), 0, &ats, &signs, &undecided);
        mark_16(LOAD_16(text + second), second, &ats, &signs, &undecided);
        if (RARELY(length > 48))
            mark_16(LOAD_16(text + 32), 32, &ats, &signs, &undecided);
        mark_16(LOAD_16(text + last), last, &ats, &signs, &undecided);
    }
    return (marks){ats, _mm_movemask_epi8(signs), _mm_movemask_epi8(undecided)};
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

/* Fold a narrow domain to the end of a row, with zeros before it. */
static inline void fold_domain(uint8_t *row, const uint8_t *end, uint32_t width) {
    STORE_16(row, folded(_mm_and_si128(LOAD_16(end - 32), LOAD_16(MASKS + width))));
    STORE_16(row + 16, folded(_mm_and_si128(LOAD_16(end - 16), LOAD_16(MASKS + width + 16))));
}

#else

static inline marks mark(const uint8_t *text, uint32_t length) {
    marks found = {0, 0, 0};
    for (uint32_t place = 0; place < length; place++) {
        uint8_t byte = text[place];
        found.ats |= (uint64_t)(byte == '@') << place;
        found.may_show_type |= byte == ':' || byte == '=';
        found.is_undecided |= (byte & 0x80) || byte == '*' || byte == '%';
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

/* Return whether a text is an Internet address without quotes, whatever signs are in its local part. */
static int is_internet(const uint8_t *text, const uint8_t *end) {
    const uint8_t *at = last_at(text, (uint32_t)(end - text));
    if (!at || at == text || at + 1 == end)
        return 0;
    for (const uint8_t *place = text; place < end; place++)
        if (*place <= ' ' || *place == '"' || *place == ';' || (place > at && (*place == '/' || *place == '=' || *place == ',')))
            return 0;
    return 1;
}

/* Return whether an address may show another type than SMTP by its shape: it names no type, which ends at `colon`, and holds
 * a `=`, as each legacy DN and each O/R address does. */
static int may_show_type(const uint8_t *text, const uint8_t *colon, const uint8_t *end) {
    size_t length = (size_t)((colon < end && *colon == ':' ? colon : end) - text);
    return memchr(text, '=', length) && !is_internet(text, end);
}

/* Split an address into its type, before a colon, and its value without blanks. Return 0 where the type gives the answer, or
 * where it is undecided: a dot after a domain does not count, nor does a type with blanks where no pattern has it, and a
 * legacy DN or an O/R address may stand there without its type, where `has_equals`. */
static int split_type(const kernel *table, address_query *query, const uint8_t *text, uint32_t length, int has_equals, int32_t *answer) {
    const uint8_t *end = text + length, *value, *place;
    int type = table->smtp;
    while (end > text && is_blank(end[-1]))
        end--;
    place = value = without_blanks(text, end);
    while (place < end && *place != ':' && *place != '@' && *place != '"' && !is_blank(*place))
        place++;
    if ((end > text && end[-1] == '.') || (RARELY(has_equals) && may_show_type(value, place, end)) ||
        (table->has_types_with_blanks && place < end && is_blank(*place) && memchr(place, ':', (size_t)(end - place)))) {
        *answer = KERNEL_UNDECIDED;
        return 0;
    }
    if (place < end && *place == ':') {
        type = type_of(table, value, (uint32_t)(place - value));
        value = without_blanks(place + 1, end);
    }
    if (type < 0 || table->types[type].is_constant) {
        *answer = type < 0 ? table->other_types : table->types[type].constant;
        return 0;
    }
    query->type = (uint32_t)type;
    query->text = value;
    query->length = (uint32_t)(end - value);
    return 1;
}

/* First step: find type, value and domain of a short address, fold and hash the domain, and prefetch its bucket. Return 1
 * where that was done, 0 where the answer is known, -1 where the address must be matched alone. */
static inline int prepare(const kernel *table, address_query *query, uint8_t *row, const uint8_t *text, uint32_t length, int32_t *answer) {
    marks found = mark(text, length);
    if (RARELY(found.is_undecided | !length)) {
        *answer = KERNEL_UNDECIDED;
        return length ? 0 : -1;
    }
    /* without a branch: about half of the addresses have the prefix */
    uint32_t named = length > 5 ? ((load4(text) | 0x20202020u) == load4((const uint8_t *)"smtp")) & (text[4] == ':') : 0;
    query->text = text + 5 * named;
    query->length = length - 5 * named;
    query->type = (uint32_t)table->smtp;
    if (RARELY((found.may_show_type && !named) || *query->text <= ' ' || text[length - 1] <= '.' || table->smtp < 0 ||
               table->types[table->smtp].is_constant)) {
        if (!split_type(table, query, text, length, found.may_show_type, answer))
            return 0;
        if (query->text + query->length != text + length)
            return -1; /* blanks at the end: the margin may be too narrow without them */
    }
    uint32_t skipped = (uint32_t)(query->text - text);
    uint64_t ats = query->length ? found.ats >> skipped : 0;
    query->local = ats ? highest_bit(ats) : query->length;
    query->width = ats ? query->length - query->local - 1 : query->length;
    if (RARELY(query->width > NARROW))
        return -1;
    query->key = query->type | (ats || table->by_domain ? 0 : NO_AT);
    fold_domain(row, query->text + query->length, query->width);
    query->domain = row + NARROW - query->width;
    uint64_t words[4] = {load8(row), load8(row + 8), load8(row + 16), load8(row + 24)};
    query->hash = mixed_words(table->seeds, words, (uint64_t)query->key << 32 | query->width);
    PREFETCH(&table->domains.buckets[query->hash & table->domains.mask]);
    return 1;
}

/* Second step: take the entry whose tag is equal, most likely the right one, and prefetch it. */
static inline void probe_domain(const kernel *table, address_query *query) {
    const bucket *found = &table->domains.buckets[query->hash & table->domains.mask];
    uint32_t bits = tagged(found, (uint32_t)(query->hash >> 32));
    query->entry = bits ? found->entries[lowest_bit(bits)] : 0;
    const uint8_t *entry = (const uint8_t *)domain_at(table, query->entry);
    PREFETCH(entry);
    PREFETCH(entry + sizeof(domain_entry) + MARGIN - 1);
}

/* Third step: return 1 where that entry alone decides, with the answer. */
static inline int decide_by_domain(const kernel *table, const address_query *query, int32_t *answer) {
    const domain_entry *found = domain_at(table, query->entry);
    const domain_head head = {(uint16_t)query->width, (uint8_t)query->key, 0};
    uint32_t wanted, there;
    memcpy(&wanted, &head, sizeof wanted);
    memcpy(&there, &found->head, sizeof there);
    *answer = found->at;
    return (there == wanted) & same((const uint8_t *)(found + 1), query->domain, query->width) &
           (found->at != KERNEL_NONE) & ((int32_t)query->width >= table->types[query->type].most_literals);
}

/* Fourth step, for those that are left: find the entry of the domain for certain, and the first parent. Return 1 where
 * there is either. */
static inline int confirm_domain(const kernel *table, address_query *query) {
    const domain_entry *found = domain_at(table, query->entry);
    const bucket *first = &table->domains.buckets[query->hash & table->domains.mask];
    if (query->entry ? !is_domain(found, query->domain, query->width, query->key) : is_full(first)) {
        query->entry = domain_find(table, query->hash, query->domain, query->width, query->key); /* it may be in another slot */
        found = domain_at(table, query->entry);
    }
    query->parent = NULL;
    if (!table->types[query->type].has_subdomains || query->key != query->type)
        return query->entry != 0;
    if (query->width > NARROW) {
        query->parent = query->domain;
        next_parent(table, query);
    } else {
        first_parent(table, query, dots_of(query->domain, query->width));
    }
    /* A parent has fewer literals than the domain, unless the first label is empty */
    if (query->entry && found->at != KERNEL_NONE && !(found->head.flags & LEADING_DOT))
        query->parent = NULL;
    return (query->entry != 0) | (query->parent != NULL);
}

/* Fifth step: prefetch the bucket of that parent. */
static inline void prefetch_parent_bucket(const kernel *table, address_query *query) {
    if (query->parent) {
        uint32_t length = (uint32_t)(query->domain + query->width - query->parent);
        query->hash = hash_of(table, query->parent, length, query->type);
        PREFETCH(&table->domains.buckets[query->hash & table->domains.mask]);
    }
}

/* Sixth step: prefetch its entry. */
static inline void prefetch_parent_entry(const kernel *table, const address_query *query) {
    const bucket *found = &table->domains.buckets[query->hash & table->domains.mask];
    uint32_t bits = tagged(found, (uint32_t)(query->hash >> 32));
    PREFETCH(domain_at(table, bits ? found->entries[lowest_bit(bits)] : 0));
}

/* Last step: return the answer for a folded value. */
static inline int32_t finish(const kernel *table, address_query *query) {
    return table->by_domain ? find_by_domain(table, query) : find_by_value(table, query);
}

/* Last step where no pattern names the domain or a parent. */
static inline int32_t finish_unnamed(const kernel *table, const address_query *query) {
    const match_so_far none = {-1, KERNEL_NONE};
    return table->by_domain ? table->types[query->type].any : find_elsewhere(table, query, none);
}

/* ------------------------------------------------------------------ rows */

/* Take all steps for one address of any length. */
static int32_t match_alone(const kernel *table, const uint8_t *text, int64_t size) {
    uint8_t room[MARGIN + KERNEL_LONGEST + 1 + MARGIN] = {0}, *value = room + MARGIN;
    address_query query;
    int32_t answer = KERNEL_NONE;
    uint8_t undecided = 0, has_equals = 0;
    if (size < 0)
        return KERNEL_NONE;
    if (size > KERNEL_LONGEST)
        return KERNEL_UNDECIDED;
    for (int64_t place = 0; place < size; place++) {
        undecided |= text[place] | (text[place] == '*' || text[place] == '%' ? 0x80 : 0);
        has_equals |= text[place] == '=';
        value[place] = lower(text[place]);
    }
    if (undecided & 0x80)
        return KERNEL_UNDECIDED;
    if (!split_type(table, &query, value, (uint32_t)size, has_equals, &answer))
        return answer;
    const uint8_t *at = last_at(query.text, query.length);
    query.local = at ? (uint32_t)(at - query.text) : query.length;
    query.domain = at ? at + 1 : query.text;
    query.width = (uint32_t)(query.text + query.length - query.domain);
    query.key = query.type | (at || table->by_domain ? 0 : NO_AT);
    query.hash = hash_of(table, query.domain, query.width, query.key);
    probe_domain(table, &query);
    (void)confirm_domain(table, &query);
    return finish(table, &query);
}

/* ------------------------------------------------------------------ blocks: each step for many addresses */

/* Prepare the addresses of a block one behind the other in `queries`, and answer those that are not to be looked up with
 * the others. Return how many were prepared; add to `undecided`. */
ALWAYS_INLINE size_t prepare_block(const kernel *table, const text_column *column, text_layout layout, int64_t start,
                                   size_t count, uint8_t *rows, address_query *queries, int32_t *answers, size_t *undecided) {
    size_t prepared = 0;
    for (size_t place = 0; place < count; place++) {
        text_span text = text_at(column, layout, start + (int64_t)place);
        int32_t *answer = &answers[place];
        int status = RARELY((uint64_t)text.length > SHORT || text.readable < MARGIN) ? -1
            : prepare(table, &queries[prepared], rows + prepared * NARROW, text.start, (uint32_t)text.length, answer);
        queries[prepared].row = (uint32_t)place;
        if (RARELY(status <= 0)) {
            if (status < 0)
                *answer = match_alone(table, text.start, text.length);
            *undecided += *answer == KERNEL_UNDECIDED;
        } else {
            prepared++;
        }
    }
    return prepared;
}

/* Answer what the entry of the domain decides alone. Write which queries are left to `left`, and return how many. */
ALWAYS_INLINE size_t decide_block(const kernel *table, const address_query *queries, size_t count, int32_t *answers, uint8_t *left) {
    size_t left_count = 0;
    for (size_t place = 0; place < count; place++) {
        left[left_count] = (uint8_t)place;
        left_count += !decide_by_domain(table, &queries[place], &answers[queries[place].row]);
    }
    return left_count;
}

/* Fold the values of the queries that are left, and split them: `named` gets those of which some pattern names the domain or
 * a parent, `unnamed` the others. Return how many are named. */
ALWAYS_INLINE size_t confirm_block(const kernel *table, address_query *queries, uint8_t (*values)[MARGIN + SHORT + MARGIN],
                                   const uint8_t *left, size_t count, uint8_t *named, uint8_t *unnamed) {
    size_t named_count = 0, unnamed_count = 0;
    for (size_t place = 0; place < count; place++) {
        address_query *query = &queries[left[place]];
        fold_to(values[place] + MARGIN, query->text, query->length);
        query->text = values[place] + MARGIN;
        int is_named = confirm_domain(table, query);
        named[named_count] = unnamed[unnamed_count] = left[place];
        named_count += is_named;
        unnamed_count += !is_named;
    }
    return named_count;
}

/* Answer rows in blocks. The layout is a constant, so that the loop is compiled for each. Return how many are undecided. */
ALWAYS_INLINE size_t match_rows(const kernel *table, const text_column *column, text_layout layout, int64_t start,
                                size_t count, int32_t *answers) {
    uint8_t rows[BLOCK * NARROW + MARGIN], values[BLOCK][MARGIN + SHORT + MARGIN] = {{0}};
    uint8_t left[BLOCK], named[BLOCK], unnamed[BLOCK];
    address_query queries[BLOCK];
    size_t undecided = 0;
    memset(rows + sizeof rows - MARGIN, 0, MARGIN);
    while (count) {
        size_t width = count < BLOCK ? count : BLOCK;
        size_t prepared = prepare_block(table, column, layout, start, width, rows, queries, answers, &undecided);
        for (size_t place = 0; place < prepared; place++)
            probe_domain(table, &queries[place]);
        size_t left_count = decide_block(table, queries, prepared, answers, left);
        size_t named_count = confirm_block(table, queries, values, left, left_count, named, unnamed);
        for (size_t place = 0; place < named_count; place++)
            prefetch_parent_bucket(table, &queries[named[place]]);
        for (size_t place = 0; place < left_count - named_count; place++)
            answers[queries[unnamed[place]].row] = finish_unnamed(table, &queries[unnamed[place]]);
        for (size_t place = 0; place < named_count; place++)
            prefetch_parent_entry(table, &queries[named[place]]);
        for (size_t place = 0; place < named_count; place++)
            answers[queries[named[place]].row] = finish(table, &queries[named[place]]);
        start += (int64_t)width;
        answers += width;
        count -= width;
    }
    return undecided;
}

int32_t kernel_match_one(const kernel *table, const uint8_t *text, int64_t length) {
    uint8_t row[NARROW + MARGIN], value[MARGIN + SHORT + MARGIN] = {0};
    address_query query;
    int32_t answer;
    int status = (uint64_t)length > SHORT ? -1 : prepare(table, &query, row, text, (uint32_t)length, &answer);
    if (status < 0)
        return match_alone(table, text, length);
    if (!status)
        return answer;
    memset(row + NARROW, 0, MARGIN);
    probe_domain(table, &query);
    if (decide_by_domain(table, &query, &answer))
        return answer;
    fold_to(value + MARGIN, query.text, query.length);
    query.text = value + MARGIN;
    (void)confirm_domain(table, &query);
    return finish(table, &query);
}

size_t kernel_match(const kernel *table, const text_column *column, int64_t start, size_t count, int32_t *answers) {
    switch (column->layout) {
    case TEXT_POINTERS:
        return match_rows(table, column, TEXT_POINTERS, start, count, answers);
    case TEXT_UTF8:
        return match_rows(table, column, TEXT_UTF8, start, count, answers);
    case TEXT_LARGE_UTF8:
        return match_rows(table, column, TEXT_LARGE_UTF8, start, count, answers);
    default:
        return match_rows(table, column, TEXT_VIEWS, start, count, answers);
    }
}
