# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The binding of recipients.c and holdings.c, which judge whole columns of recipients with the GIL released."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from text_columns cimport array_in, arrow_text_column, schema_in, text_column

__all__ = ["Domains", "Holdings", "judge"]

cdef extern from "holdings.h":
    enum:
        DOMAIN_SOUND
        DOMAIN_FREE
        DOMAIN_ACCEPTED
        DOMAIN_COEXISTENCE
    ctypedef struct domain_table:
        void *slots
        uint8_t *names
        size_t names_end
        size_t judged_end
        uint64_t seed
    ctypedef struct holding:
        uint32_t row
    ctypedef struct holdings:
        holding *items
        size_t count
        uint64_t seed
    uint64_t key_hash(uint64_t seed, const uint8_t *key, size_t length) nogil
    void domain_judge(domain_table *domains, const uint8_t *name, size_t length, uint8_t flags)
    int holdings_add(holdings *held, uint64_t hash, uint32_t row)
    void holdings_sort(holdings *held) nogil
    size_t holdings_find(const holdings *held, uint64_t hash)
    void holdings_shared(const holdings *held, uint8_t *bits) nogil
    uint64_t holding_hash(const holding *item)

cdef extern from "recipients.h":
    enum:
        KIND_USER
        KIND_NEEDS_TARGET
        KIND_MAILBOX
        KIND_MAILBOX_AND_TARGET
        KIND_ODD
    ctypedef struct recipient_columns:
        const text_column *proxies
        const int32_t *offsets
        const text_column *mail
        const text_column *user_name
        const text_column *target
        const text_column *alias
        const text_column *legacy_dn
        const text_column *name
        const text_column *given_name
        const text_column *primary
        const uint8_t *kinds
    ctypedef struct recipient_rules:
        int32_t most_proxies
        int32_t longest_proxy
        int needs_accepted
        int needs_coexistence
    int64_t recipients_judge(const recipient_columns *columns, size_t count, const recipient_rules *rules,
                             domain_table *domains, holdings *held, uint32_t first_row, int32_t *odd) nogil

SOUND, FREE, ACCEPTED, COEXISTENCE = DOMAIN_SOUND, DOMAIN_FREE, DOMAIN_ACCEPTED, DOMAIN_COEXISTENCE
USER, NEEDS_TARGET, MAILBOX = KIND_USER, KIND_NEEDS_TARGET, KIND_MAILBOX
MAILBOX_AND_TARGET, ODD = KIND_MAILBOX_AND_TARGET, KIND_ODD
"""What is known of a domain, and of an object by its type: recipients.h says what each means."""

LONGEST_PROXY = 256


cdef class _Texts:
    """The texts of an Arrow array, read where they lie."""

    cdef text_column _column
    cdef size_t _count
    cdef object _capsules  # they keep the texts

    def __cinit__(self, array):
        schema, values = self._capsules = array.__arrow_c_array__()
        if arrow_text_column(&self._column, schema_in(schema).format, array_in(values)):
            raise TypeError("a column holds text")
        self._count = array_in(values).length


cdef class Domains:
    """What is known of the domains that addresses have."""

    cdef domain_table _table

    def __cinit__(self, uint64_t seed):
        memset(&self._table, 0, sizeof(domain_table))
        self._table.seed = seed

    def __dealloc__(self):
        free(self._table.slots)
        free(self._table.names)

    cdef judge_new(self, flags_of):
        """Ask about each domain that is not judged yet."""
        cdef size_t place = self._table.judged_end
        cdef size_t length
        while place < self._table.names_end:
            length = self._table.names[place]
            name = PyBytes_FromStringAndSize(<const char *>self._table.names + place + 1, length)
            flags = flags_of(name.decode("ascii"))
            domain_judge(&self._table, <const uint8_t *><const char *>name, length, flags)
            place += length + 1
        self._table.judged_end = place


cdef class Holdings:
    """Which row holds which key, by the hashes of the keys."""

    cdef holdings _held

    def __cinit__(self, uint64_t seed):
        memset(&self._held, 0, sizeof(holdings))
        self._held.seed = seed

    def __dealloc__(self):
        free(self._held.items)

    def __len__(self):
        return self._held.count

    def add(self, str key, uint32_t row):
        """Add that a row holds a key."""
        if holdings_add(&self._held, self._hash(key), row):
            raise MemoryError

    cdef uint64_t _hash(self, str key):
        written = key.encode("utf-8", "surrogatepass")
        return key_hash(self._held.seed, <const uint8_t *><const char *>written, len(written))

    def shared(self, size_t count):
        """Sort the holdings, and return a bit for each of so many rows: whether it shares a key with another one."""
        bits = bytearray((count + 7) // 8 + 1)
        cdef uint8_t[::1] room = bits
        with nogil:
            holdings_sort(&self._held)
            holdings_shared(&self._held, &room[0])
        return bits

    def holder(self, str key):
        """Return the row that holds a key, None for no row, -1 for several; the holdings are sorted."""
        cdef uint64_t hash = self._hash(key)
        cdef size_t place = holdings_find(&self._held, hash)
        if place == self._held.count or holding_hash(self._held.items + place) != hash:
            return None
        cdef uint32_t row = self._held.items[place].row
        while place < self._held.count and holding_hash(self._held.items + place) == hash:
            if self._held.items[place].row != row:
                return -1
            place += 1
        return row


def judge(size_t count, object proxies, const int32_t[::1] offsets, const uint8_t[::1] kinds, tuple columns, tuple limits,
          Domains domains, flags_of, Holdings held, uint32_t first_row):
    """Return the rows of the recipients that are odd, and add what the others hold.

    `columns` are mail, userPrincipalName, targetAddress, mailNickname, legacyExchangeDN, displayName, givenName and
    PrimarySmtpAddress, None for one that there is not. `limits` are the most proxies, the most characters of one, and
    whether accepted domains and the coexistence domain are known. `flags_of` says what is known of a domain.
    """
    cdef recipient_columns given
    cdef recipient_rules rules
    cdef const text_column *each[8]
    cdef _Texts texts = _Texts(proxies)
    cdef _Texts column
    cdef int64_t found
    cdef int32_t *odd
    kept = []
    if <size_t>offsets.shape[0] <= count or <size_t>kinds.shape[0] < max(count, 1) or <size_t>offsets[count] > texts._count:
        raise ValueError("a column is too short")
    for place in range(8):
        each[place] = NULL
        if columns[place] is not None:
            column = _Texts(columns[place])
            if column._count < count:
                raise ValueError("a column is too short")
            kept.append(column)
            each[place] = &column._column
    given.proxies, given.offsets, given.kinds = &texts._column, &offsets[0], &kinds[0]
    given.mail, given.user_name, given.target, given.alias = each[0], each[1], each[2], each[3]
    given.legacy_dn, given.name, given.given_name, given.primary = each[4], each[5], each[6], each[7]
    rules.most_proxies, rules.longest_proxy, rules.needs_accepted, rules.needs_coexistence = limits
    rules.longest_proxy = min(rules.longest_proxy, LONGEST_PROXY)
    odd = <int32_t *>malloc((count + 1) * sizeof(int32_t))
    if odd is NULL:
        raise MemoryError
    try:
        while True:
            with nogil:
                found = recipients_judge(&given, count, &rules, &domains._table, &held._held, first_row, odd)
            if found < 0:
                raise MemoryError
            if domains._table.judged_end == domains._table.names_end:
                return [odd[place] for place in range(found)]
            domains.judge_new(flags_of)
    finally:
        free(odd)
