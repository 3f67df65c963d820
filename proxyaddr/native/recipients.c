/* Recipients of which no rule of audits says anything, told by whole columns. */
#include "recipients.h"

#include "ascii.h"

enum {
    MOST_PROXIES = 48,
    LONGEST_KEY = 600,
    LONGEST_LOCAL = 64,
    LONGEST_SUFFIX = 48,
    LONGEST_LEGACY_DN = 256,
    LONGEST_NAME_IN_DN = 64,
    MOST_IN_DN = 16,
    LONGEST_TYPE = 16,
    LONGEST_ALIAS = 64,
    LONGEST_NAME = 256,
    LONGEST_GIVEN_NAME = 64
};

enum { ATOM = 1, USER_NAME = 2, NICKNAME = 4, ALIAS = 8 };

/* What a character may be part of: a dot-atom, a userPrincipalName, a nickname as it stands, an alias. */
static uint8_t uses_of(uint8_t c) {
    int is_word = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
    if (is_word)
        return ATOM | USER_NAME | NICKNAME | ALIAS;
    if (c == '.')
        return USER_NAME | NICKNAME | ALIAS;
    if (c <= ' ' || c > '~' || !strchr("!#$%&'*+/=?^_`{|}~-", c))
        return 0;
    return (uint8_t)(ATOM | (strchr("'-_!#^~", c) ? USER_NAME : 0) | (strchr("`|=?/%", c) ? 0 : NICKNAME) |
                     (c == '&' ? 0 : ALIAS));
}

typedef struct {
    const uint8_t *start, *end;
} span;

typedef struct {
    const recipient_columns *columns;
    const recipient_rules *rules;
    domain_table *domains;
    uint64_t seed;
    uint8_t uses[256];
    int is_short_of_memory;
    /* of the recipient at hand */
    uint64_t hashes[2 * MOST_PROXIES];
    size_t hash_count;
    span addresses[MOST_PROXIES]; /* of type SMTP, in their order */
    size_t address_count;
    span primary;
    int has_primary, domain_flags, any_domain_flags;
} judge;

static int is_written(const text_span *text) { return text->length > 0; }

static text_span value_at(const text_column *column, size_t row) {
    return column ? text_at(column, column->layout, (int64_t)row) : (text_span){NULL, -1, 0};
}

static int are_equal(span one, span other) {
    if (one.end - one.start != other.end - other.start)
        return 0;
    for (; one.start < one.end; one.start++, other.start++)
        if (lower(*one.start) != lower(*other.start))
            return 0;
    return 1;
}

/* Add the hash of a key: its prefix, and a text in ASCII, which is folded. Return whether it is a new one. */
static int add_key(judge *state, const char *prefix, size_t prefix_length, span text) {
    uint8_t key[LONGEST_KEY];
    memcpy(key, prefix, prefix_length);
    size_t length = prefix_length;
    for (const uint8_t *at = text.start; at < text.end; at++)
        key[length++] = lower(*at);
    uint64_t hash = key_hash(state->seed, key, length);
    for (size_t place = 0; place < state->hash_count; place++)
        if (state->hashes[place] == hash)
            return 0;
    state->hashes[state->hash_count++] = hash;
    return 1;
}

/* Return the `@` behind a dot-atom of at most 64 characters, all of them fit for a use; NULL for no such name. */
static const uint8_t *behind_name(const judge *state, span address, uint8_t use) {
    const uint8_t *at = address.start;
    for (; at < address.end && *at != '@'; at++) {
        if (*at == '.') {
            if (at == address.start || at[-1] == '.')
                return NULL;
        } else if ((state->uses[*at] & (ATOM | use)) != (ATOM | use)) {
            return NULL;
        }
    }
    int is_name = at < address.end && at > address.start && at[-1] != '.' && at - address.start <= LONGEST_LOCAL;
    return is_name ? at : NULL;
}

/* Return what is known of the domain of an address, 0 for nothing. */
static int flags_of(judge *state, span domain) {
    uint8_t name[LONGEST_DOMAIN];
    size_t length = (size_t)(domain.end - domain.start);
    if (!length || length > LONGEST_DOMAIN)
        return DOMAIN_JUDGED;
    for (size_t place = 0; place < length; place++) {
        name[place] = lower(domain.start[place]);
        if (name[place] <= ' ' || name[place] > '~')
            return DOMAIN_JUDGED;
    }
    int flags = domain_flags(state->domains, name, length);
    if (flags == -2)
        state->is_short_of_memory = 1;
    return flags < 0 ? DOMAIN_JUDGED : flags;
}

/* Return whether an Internet address is plain, and note its domain. */
static int is_plain_address(judge *state, span address) {
    const uint8_t *at = behind_name(state, address, 0);
    if (!at)
        return 0;
    int flags = flags_of(state, (span){at + 1, address.end});
    state->domain_flags &= flags;
    state->any_domain_flags |= flags;
    return 1;
}

/* Return whether a legacy DN is one of /o=, /ou= and then /cn=, with nothing in it that may be a slip. */
static int is_plain_dn(span dn) {
    static const char *const keywords[] = {"o", "ou", "cn"};
    if (dn.end - dn.start > LONGEST_LEGACY_DN)
        return 0;
    int part = 0;
    for (const uint8_t *at = dn.start; at < dn.end; part++) {
        const char *keyword = keywords[part < 2 ? part : 2];
        if (part == MOST_IN_DN || *at++ != '/')
            return 0;
        for (; *keyword; keyword++)
            if (at == dn.end || lower(*at++) != (uint8_t)*keyword)
                return 0;
        if (at == dn.end || *at++ != '=')
            return 0;
        const uint8_t *start = at;
        for (; at < dn.end && *at != '/'; at++)
            if (*at < ' ' || *at > '~' || *at == ':')
                return 0;
        if (at == start || at - start > LONGEST_NAME_IN_DN || *start == ' ' || at[-1] == ' ' || *start == '3')
            return 0;
    }
    return part >= 3;
}

/* Return whether a text is in printable ASCII without a blank at either end. */
static int is_printable(span text) {
    if (text.start == text.end || *text.start == ' ' || text.end[-1] == ' ')
        return 0;
    for (; text.start < text.end; text.start++)
        if (*text.start < ' ' || *text.start > '~')
            return 0;
    return 1;
}

/* Read the proxy addresses of a recipient; return whether all are plain. */
static int are_plain_proxies(judge *state, int32_t first, int32_t last) {
    span primaries[MOST_PROXIES]; /* the types in capitals that others may not have too */
    size_t primary_count = 0;
    if (last - first > MOST_PROXIES || last - first > state->rules->most_proxies)
        return 0;
    for (int32_t item = first; item < last; item++) {
        text_span text = value_at(state->columns->proxies, (size_t)item);
        if (text.length < 1 || text.length > state->rules->longest_proxy)
            return 0;
        span type = {text.start, text.start}, value = {NULL, text.start + text.length};
        int small = 0, capital = 0;
        for (; type.end < value.end && *type.end != ':'; type.end++) {
            capital |= *type.end >= 'A' && *type.end <= 'Z';
            small |= *type.end >= 'a' && *type.end <= 'z';
            if (!(state->uses[*type.end] & ATOM) || type.end - type.start == LONGEST_TYPE)
                return 0;
        }
        if (type.end == value.end || small == capital)
            return 0;
        value.start = type.end + 1;
        size_t length = (size_t)(type.end - type.start);
        char prefix[LONGEST_TYPE + 1];
        for (size_t place = 0; place <= length; place++)
            prefix[place] = (char)lower(type.start[place]);
        if (length == 4 && !memcmp(prefix, "smtp", 4)) {
            if (!is_plain_address(state, value))
                return 0;
            if (capital) {
                if (state->has_primary)
                    return 0;
                state->has_primary = 1;
                state->primary = value;
            }
            state->addresses[state->address_count++] = value;
        } else if ((length == 4 && !memcmp(prefix, "x500", 4)) || (length == 2 && !memcmp(prefix, "ex", 2))) {
            if (!is_plain_dn(value) || !add_key(state, "x500:", 5, value))
                return 0;
            continue;
        } else {
            if (!is_printable(value) || (length == 4 && !memcmp(prefix, "x400", 4)))
                return 0;
            for (size_t other = 0; capital && other < primary_count; other++)
                if (are_equal(primaries[other], type))
                    return 0;
            if (capital)
                primaries[primary_count++] = type;
        }
        if (!add_key(state, prefix, length + 1, value))
            return 0;
    }
    return state->has_primary || !state->address_count;
}

/* Return whether mail and userPrincipalName are the primary address, or missing where they may be. */
static int are_plain_names(judge *state, size_t row, uint8_t kind) {
    text_span mail = value_at(state->columns->mail, row), user = value_at(state->columns->user_name, row);
    span name = {user.start, user.start + (user.length > 0 ? user.length : 0)};
    int may_be_missing = !state->columns->mail || !state->has_primary;
    if (may_be_missing != (mail.length < 0))
        return 0;
    if (mail.length >= 0 && !are_equal((span){mail.start, mail.start + mail.length}, state->primary))
        return 0;
    if (user.length < 0)
        return !state->columns->user_name || !(kind & KIND_USER);
    if (state->has_primary && !are_equal(name, state->primary))
        return 0;
    const uint8_t *at = behind_name(state, name, USER_NAME);
    if (!at || name.end - at - 1 > LONGEST_SUFFIX)
        return 0;
    if (state->has_primary)
        return 1;
    int flags = flags_of(state, (span){at + 1, name.end});
    state->domain_flags &= flags | DOMAIN_FREE | DOMAIN_ACCEPTED;
    return add_key(state, "smtp:", 5, name);
}

/* Return whether the target address is one of the addresses, or missing where it may be. */
static int is_plain_target(const judge *state, size_t row, uint8_t kind) {
    text_span target = value_at(state->columns->target, row);
    if (target.length < 0)
        return !state->columns->target || !(kind & KIND_NEEDS_TARGET);
    if (target.length < 5 || target.start[4] != ':' ||
        !are_equal((span){target.start, target.start + 4}, (span){(const uint8_t *)"smtp", (const uint8_t *)"smtp" + 4}))
        return 0;
    for (size_t place = 0; place < state->address_count; place++)
        if (are_equal((span){target.start + 5, target.start + target.length}, state->addresses[place]))
            return 1;
    return 0;
}

/* Return whether the alias is plain, and add the nickname, which without an alias is that of an address. */
static int is_plain_alias(judge *state, size_t row) {
    text_span alias = value_at(state->columns->alias, row), user = value_at(state->columns->user_name, row);
    span name = {alias.start, alias.start + (alias.length > 0 ? alias.length : 0)};
    uint8_t use = NICKNAME | ALIAS;
    if (alias.length < 0) {
        use = NICKNAME;
        name = state->has_primary ? state->primary : (span){user.start, user.start + (user.length > 0 ? user.length : 0)};
        const uint8_t *end = name.start;
        while (end < name.end && *end != '@')
            end++;
        if (end == name.start)
            return 1; /* no address at all */
        name.end = end;
    }
    if (name.start == name.end || name.end - name.start > LONGEST_ALIAS || *name.start == '.' || name.end[-1] == '.')
        return 0;
    for (const uint8_t *at = name.start; at < name.end; at++)
        if ((state->uses[*at] & use) != use || (*at == '.' && at + 1 < name.end && at[1] == '.'))
            return 0;
    return add_key(state, "alias ", 6, name);
}

/* Return whether a name has a character that is certainly no blank. */
static int is_plain_name(text_span name) {
    if (name.length > LONGEST_NAME)
        return 0;
    for (int64_t place = 0; place < name.length; place++) {
        uint8_t c = name.start[place];
        int is_letter = c > ' ' && c <= '~';
        int is_other = c >= 0xc3 && c != 0xe1 && c != 0xe2 && c != 0xe3 && c < 0xef;
        if (is_letter || is_other || (c == 0xe3 && name.start[place + 1] > 0x80)) /* U+3040 and more */
            return 1;
    }
    return name.length < 0;
}

static int is_plain_legacy_dn(judge *state, size_t row) {
    text_span dn = value_at(state->columns->legacy_dn, row);
    if (dn.length < 1)
        return 1;
    span text = {dn.start, dn.start + dn.length};
    if (dn.length > LONGEST_LEGACY_DN || !is_printable(text))
        return 0;
    add_key(state, "x500:", 5, text); /* it may be one of the addresses as well */
    return 1;
}

static int are_plain_domains(const judge *state, size_t row, uint8_t kind) {
    int has_target = value_at(state->columns->target, row).length >= 0;
    int is_mailbox = kind & (has_target ? KIND_MAILBOX_AND_TARGET : KIND_MAILBOX);
    int needed = DOMAIN_SOUND | DOMAIN_FREE | (is_mailbox && state->rules->needs_accepted ? DOMAIN_ACCEPTED : 0);
    if ((state->domain_flags & needed) != needed)
        return 0;
    if (!is_mailbox || !state->rules->needs_coexistence || state->any_domain_flags & DOMAIN_COEXISTENCE)
        return 1;
    return !state->has_primary && value_at(state->columns->alias, row).length < 0;
}

static int is_plain(judge *state, size_t row) {
    const recipient_columns *columns = state->columns;
    uint8_t kind = columns->kinds[row];
    int32_t first = columns->offsets[row], last = columns->offsets[row + 1];
    text_span primary = value_at(columns->primary, row), given_name = value_at(columns->given_name, row);
    state->hash_count = state->address_count = 0;
    state->has_primary = state->any_domain_flags = 0;
    state->domain_flags = DOMAIN_SOUND | DOMAIN_FREE | DOMAIN_ACCEPTED;
    if (kind & KIND_ODD || (first == last && is_written(&primary)) || given_name.length > LONGEST_GIVEN_NAME)
        return 0;
    return are_plain_proxies(state, first, last) && are_plain_names(state, row, kind) && is_plain_target(state, row, kind) &&
           is_plain_alias(state, row) && is_plain_name(value_at(columns->name, row)) && is_plain_legacy_dn(state, row) &&
           are_plain_domains(state, row, kind);
}

int64_t recipients_judge(const recipient_columns *columns, size_t count, const recipient_rules *rules, domain_table *domains,
                         holdings *held, uint32_t first_row, int32_t *odd) {
    judge state;
    memset(&state, 0, sizeof state);
    state.columns = columns;
    state.rules = rules;
    state.domains = domains;
    state.seed = held->seed;
    for (int c = 0; c < 256; c++)
        state.uses[c] = uses_of((uint8_t)c);
    size_t held_before = held->count;
    int64_t found = 0;
    for (size_t row = 0; row < count; row++) {
        if (!is_plain(&state, row)) {
            odd[found++] = (int32_t)row;
            continue;
        }
        for (size_t place = 0; place < state.hash_count; place++)
            if (holdings_add(held, state.hashes[place], first_row + (uint32_t)row))
                return -1;
    }
    if (domains->judged_end < domains->names_end)
        held->count = held_before; /* what was found by half of the domains does not count */
    return state.is_short_of_memory ? -1 : found;
}
