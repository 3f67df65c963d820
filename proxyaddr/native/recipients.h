/* Recipients of which no rule of audits says anything, told by whole columns.
 *
 * Every rule has its home in Python. Decided here is only that a recipient is of a plain kind that breaks none; all others
 * are odd, and the rules judge them. Properties hold this against the rules. */
#ifndef PROXYADDR_RECIPIENTS_H
#define PROXYADDR_RECIPIENTS_H

#include "holdings.h"
#include "text_column.h"

/* What is known of an object by its type. */
enum {
    KIND_USER = 1,               /* it must have a userPrincipalName */
    KIND_NEEDS_TARGET = 2,       /* it must have a target address */
    KIND_MAILBOX = 4,            /* a mailbox, where it has no target address */
    KIND_MAILBOX_AND_TARGET = 8, /* a mailbox, where it has one */
    KIND_ODD = 16                /* the rules judge it, whatever its values are */
};

typedef struct {
    const text_column *proxies; /* of all recipients, one after the other */
    const int32_t *offsets;     /* where those of each recipient begin, and where the last end */
    /* the attributes of one value, and PrimarySmtpAddress, which counts where there are no proxies; NULL for no column */
    const text_column *mail, *user_name, *target, *alias, *legacy_dn, *name, *given_name, *primary;
    const uint8_t *kinds;
} recipient_columns;

typedef struct {
    int32_t most_proxies, longest_proxy;
    int needs_accepted, needs_coexistence; /* accepted domains, and the coexistence domain, are known */
} recipient_rules;

/* Write the rows of the odd recipients and return how many they are, -1 where memory is short. What the others hold is
 * added to `held`.
 *
 * Domains that are not judged yet are added to `domains`. Where there are any, nothing else counts, and the call is to be
 * made again when they are judged. */
int64_t recipients_judge(const recipient_columns *columns, size_t count, const recipient_rules *rules, domain_table *domains,
                         holdings *held, uint32_t first_row, int32_t *odd);

#endif
