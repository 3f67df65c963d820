"""The rules of an audit as a table: a row a rule, in the order in which their findings are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from proxyaddr.errors import ConfigurationError

__all__ = ["RULES", "RULE_NAMES", "SEVERITIES", "AuditRule", "AuditSeverity", "chosen_rules", "chosen_severities"]

AuditSeverity = Literal["error", "warning", "info"]

SEVERITIES: tuple[AuditSeverity, ...] = ("error", "warning", "info")
"""How bad a finding is, the worst first: mail or the sync fails; it goes wrong in a case; it is good to know."""


class AuditRule(NamedTuple):
    """A rule: its name, how bad it is, what is found by it, what mends that, and the document that states it.

    `mends` is empty where nothing may be changed without a decision. `is_of_sync` says that it does not concern objects
    that no sync takes, such as those of the system. `but` says where the severity is another one.
    """

    name: str
    severity: AuditSeverity
    says: str
    mends: str
    source: str
    is_of_sync: bool = False
    but: str = ""


_SYNC = "prepare-for-directory-synchronization"
_PROXY = "KB3190357"
_IDFIX = "IdFix"
_SHADOW = "how-to-connect-syncservice-shadow-attributes"
_ERRORS = "tshoot-connect-sync-errors"

# A few lines a row, so that the table can be read as one
# fmt: off
RULES = (
    AuditRule("proxy-no-type", "error", "no type stands before the value, which is dropped by the sync",
              "put `smtp:` in front, where the value is an Internet address", "KB3190357, Q257578, Set-Mailbox"),
    AuditRule("proxy-empty-value", "error", "nothing stands behind the type",
              "remove it", _PROXY),
    AuditRule("proxy-too-long", "error", "a value with its type is longer than the sync takes",
              "", _SYNC),
    AuditRule("proxy-joined-values", "error", "several Internet addresses are in one value",
              "split it into them", "Get-WinADProxyAddresses"),
    AuditRule("proxy-mixed-case-type", "warning", "a type in capital and small letters, which makes no primary address",
              "write it in small letters", "Set-Mailbox: a type in capitals is the primary address"),
    AuditRule("smtp-invalid-character", "error", 'an Internet address with a blank or one of `< > ( ) ; , [ ] " :`',
              "delete them, but never inside the domain", _SYNC),
    AuditRule("smtp-non-ascii", "error", "an Internet address with a character that is not in ASCII",
              "write it without accents, and the domain in IDNA form",
              "prepare-for-directory-synchronization, issue 7395"),
    AuditRule("smtp-syntax", "error", "an Internet address that is not written name@domain",
              "remove periods that are doubled or at an end, and doubled `@`", _IDFIX),
    AuditRule("smtp-domain-syntax", "error", "a domain with a label that is not of letters, digits and hyphens",
              "remove a period at its end, and nothing else", _IDFIX),
    AuditRule("domain-not-routable", "warning",
              "a domain that the public DNS can't know",
              "", "IdFix, prepare-for-directory-synchronization", but="an error in userPrincipalName"),
    AuditRule("x400-syntax", "warning", "an X400 value that is no O/R address",
              "", "MS-OXOABK; IdFix issues 12, 16"),
    AuditRule("x500-syntax", "warning", "an X500 or EX value that is no legacy DN",
              "", "MS-OXOABK; IdFix issue 79"),
    AuditRule("primary-missing", "error", "there are Internet addresses or mail, and no primary address `SMTP:`",
              "make the one equal to mail the primary address, or add mail as it", "KB2643629"),
    AuditRule("primary-multiple", "error", "several primary addresses of one type",
              "keep the one equal to mail, and make the others secondary", "Q153028, Q166905"),
    AuditRule("proxy-repeated", "warning", "an address that the object holds twice, in another case at most",
              "remove the secondary one", _IDFIX),
    AuditRule("mail-differs-from-primary", "warning", "mail is missing or is not the primary address",
              "set mail to the primary address", "KB2643629, Set-Mailbox -WindowsEmailAddress"),
    AuditRule("mail-syntax", "error", "mail is no Internet address",
              "remove the blanks around it", _SYNC),
    AuditRule("mail-too-long", "error", "mail has more than 256 characters",
              "", _SYNC),
    AuditRule("upn-missing", "warning", "a user without a userPrincipalName",
              "", _SYNC, is_of_sync=True),
    AuditRule("upn-syntax", "error", "a userPrincipalName that is not written name@domain",
              "remove periods that are doubled or at an end, and doubled `@`", _SYNC),
    AuditRule("upn-invalid-character", "error",
              "a userPrincipalName with a character beside letters, digits, `' . - _ ! # ^ ~`",
              "delete it, but never inside the domain", _SYNC),
    AuditRule("upn-non-ascii", "error", "a userPrincipalName with a character that is not in ASCII",
              "write it without accents, and the domain in IDNA form", _SYNC),
    AuditRule("upn-too-long", "error", "a userPrincipalName with more than 64 characters before the @ or 48 behind it",
              "", _SYNC),
    AuditRule("upn-differs-from-primary", "warning", "the userPrincipalName is not the primary address",
              "set the userPrincipalName to the primary address", _SYNC, is_of_sync=True),
    AuditRule("upn-not-in-proxies", "info", "a mailbox user whose userPrincipalName is none of the addresses",
              "add it as a secondary address", "KB3190357, note", is_of_sync=True),
    AuditRule("target-missing", "error", "a contact, mail user or remote mailbox without a target address",
              "of a contact, set it to mail; of a remote mailbox, to its routing address", "IdFix issue 39"),
    AuditRule("target-no-type", "error", "no type stands before the target address",
              "put `SMTP:` in front, where the value is an Internet address", "MS-OXLDAP"),
    AuditRule("target-invalid-character", "error",
              "a target address with a blank, a backslash or another unfit character",
              "delete them, but never inside the domain", _SYNC),
    AuditRule("target-too-long", "error", "a target address with more than 256 characters",
              "", _SYNC),
    AuditRule("target-not-in-proxies", "info",
              "the target address is none of the addresses",
              "add it as a secondary address", "hybrid-configuration-wizard", but="an error of remote mailboxes"),
    AuditRule("routing-address-missing", "error", "a mailbox without an address in the coexistence domain",
              "add the alias in that domain",
              "hybrid-configuration-wizard, OfficeDocs-Exchange issue 1061", is_of_sync=True),
    AuditRule("reserved-domain", "warning", "an address in a domain of tenants, which the sync drops",
              "remove it", _PROXY, is_of_sync=True),
    AuditRule("domain-not-accepted", "warning", "a secondary address of a mailbox in a domain that is not accepted",
              "remove it", _SHADOW, is_of_sync=True),
    AuditRule("primary-domain-not-accepted", "error",
              "the primary address of a mailbox in a domain that is not accepted",
              "", _SHADOW, is_of_sync=True),
    AuditRule("legacy-dn-not-in-x500", "error",
              "a former legacyExchangeDN that is no X500 address, so that replies do not arrive",
              "add it as X500", "KB2807779, Q314739"),
    AuditRule("legacy-dn-duplicate", "error", "several objects have one legacyExchangeDN",
              "", "recipient-resolution"),
    AuditRule("proxy-duplicate", "error", "several objects hold one address",
              "", "Q263460, Q251152, how-to-connect-syncservice-duplicate-attribute-resiliency"),
    AuditRule("address-shared-across-attributes", "error",
              "mail or userPrincipalName of one object is another's address",
              "", "KB2643629, tshoot-connect-sync-errors"),
    AuditRule("mail-duplicate", "error", "several objects have one mail",
              "", "prepare-for-directory-synchronization, tshoot-connect-sync-errors"),
    AuditRule("upn-duplicate", "error", "several objects have one userPrincipalName",
              "", "prepare-for-directory-synchronization, tshoot-connect-sync-errors"),
    AuditRule("alias-duplicate", "warning", "several objects have one alias",
              "", "KB3190357, scenario 6"),
    AuditRule("routing-address-clash", "warning", "several objects would get one address in the initial domain",
              "", "KB3190357, plan-connect-userprincipalname", is_of_sync=True),
    AuditRule("alias-leading-period", "error", "an alias begins with a period",
              "remove it", _SYNC),
    AuditRule("alias-invalid-character", "error", "an alias with a blank or a character that Exchange does not take",
              "delete it, or write the letter without its accent",
              "Set-Mailbox -Alias, prepare-for-directory-synchronization"),
    AuditRule("alias-too-long", "error", "an alias with more than 64 characters",
              "", "Set-Mailbox -Alias"),
    AuditRule("display-name-blank", "error", "displayName is there and blank",
              "set it to the common name", _SYNC),
    AuditRule("display-name-too-long", "error", "displayName has more than 256 characters",
              "", _SYNC),
    AuditRule("given-name-too-long", "error", "givenName has more than 64 characters",
              "", _SYNC),
    AuditRule("proxies-too-many", "warning", "more addresses than the cloud may take of one object",
              "", _ERRORS, is_of_sync=True),
)
# fmt: on
"""All rules, in their order."""

RULE_NAMES = tuple(rule.name for rule in RULES)


def chosen_rules(names: Iterable[str] | None, ignored: Iterable[str] = ()) -> frozenset[str]:
    """Return the names of rules that are to be run: all, or those named, without the ignored ones.

    ConfigurationError for a name that is none, with the nearest one; TypeError for text.
    """
    if isinstance(names, str) or isinstance(ignored, str):
        raise TypeError("rules must be an iterable of names, not text")
    ignored = tuple(ignored)
    chosen = RULE_NAMES if names is None else tuple(names)
    for name in (*chosen, *ignored):
        if name not in RULE_NAMES:
            from difflib import get_close_matches  # noqa: PLC0415 - takes its time, and for errors alone

            close = next(iter(get_close_matches(name, RULE_NAMES, 1)), None)
            hint = "`proxyaddr rules` lists all" if close is None else f"did you mean {close}?"
            raise ConfigurationError("unknown-rule", f"no rule of audits is named {name!r}; {hint}", "rules")
    return frozenset(chosen) - frozenset(ignored)


def chosen_severities(least: AuditSeverity) -> frozenset[AuditSeverity]:
    """Return the severities from one on; ConfigurationError for a word that is none."""
    if least not in SEVERITIES:
        raise ConfigurationError("unknown-severity", f"a severity is one of {', '.join(SEVERITIES)}", "severity")
    return frozenset(SEVERITIES[: SEVERITIES.index(least) + 1])
