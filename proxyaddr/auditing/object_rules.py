"""The rules of whole objects: what their addresses say together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES, WHITE_SPACE
from proxyaddr.auditing.found import Fix, Found, TypedValue, split_value
from proxyaddr.auditing.internet import SUFFIX_MAX_LENGTH, USER_NAME_MAX_LENGTH, judge_address, judge_user_name
from proxyaddr.auditing.objects import (
    ALIAS,
    CONTACT,
    LEGACY_DN,
    MAIL,
    NAME,
    PROXIES,
    REMOTE_MAILBOX,
    TARGET,
    UPN,
    USERS,
)
from proxyaddr.auditing.rules import AuditSeverity
from proxyaddr.auditing.subjects import Subject, domain_of, domain_to_be, same
from proxyaddr.auditing.value_rules import mended_target, proxy_faults

__all__ = ["OBJECT_RULES"]

COMMON_NAME_MAX_LENGTH = 256


def _primary_missing(subject: Subject) -> Iterator[Found]:
    if subject.has_addresses and not subject.has_primary:
        told = "none among its addresses" if subject.with_untyped else "mail alone"
        yield Found("primary-missing", PROXIES, None, _primary_to_come(subject), told)


def _primary_to_come(subject: Subject) -> Fix | None:
    """Return what gives an object its primary address: the one equal to mail, or mail itself."""
    mail = subject.object.get(MAIL) or ""
    equal = next((value for value in subject.with_untyped if same(value.address, mail)), None)
    if equal is None:
        return {"add": f"SMTP:{mail}"} if subject.is_usable(mail) else None
    return {"set-primary": equal.text} if subject.may_be_primary(equal) else None


def _primary_multiple(subject: Subject) -> Iterator[Found]:
    by_type: dict[str, dict[str, TypedValue]] = {}
    for value in subject.values:
        if value.kind and value.is_primary and value.kind not in LEGACY_DN_TYPES:
            by_type.setdefault(value.kind, {}).setdefault(value.key, value)
    for kind, primaries in by_type.items():
        if len(primaries) == 1:
            continue
        kept = subject.primary if kind == DEFAULT_TYPE else None
        texts = [value.text for value in primaries.values()]
        fix: Fix | None = None if kept is None else {"keep": kept.text}
        yield Found("primary-multiple", PROXIES, texts, fix, f"{len(texts)} of type {kind}")


def _proxy_repeated(subject: Subject) -> Iterator[Found]:
    by_key: dict[str, list[TypedValue]] = {}
    for value in subject.values:
        by_key.setdefault(value.text.lower(), []).append(value)
    for alike in by_key.values():
        if len(alike) > 1:
            kept = next((place for place, value in enumerate(alike) if value.is_primary), 0)
            for place, value in enumerate(alike):
                if place != kept:
                    yield Found("proxy-repeated", PROXIES, value.text, {"remove": True}, alike[kept].text)


def _mail_differs(subject: Subject) -> Iterator[Found]:
    primary, mail = subject.primary, subject.object.get(MAIL)
    if primary is None or same(primary.address, mail):
        return
    judged = judge_address(primary.address, subject.judges.domains)
    if judged is not None and judged.mended is not None and same(judged.mended, mail):
        return
    is_sound = judged is None and len(primary.address) <= COMMON_NAME_MAX_LENGTH
    fix: Fix | None = {"set": primary.address} if is_sound else None
    yield Found("mail-differs-from-primary", MAIL, mail, fix, primary.address)


def _upn_missing(subject: Subject) -> Iterator[Found]:
    upn = subject.object.get(UPN)
    if subject.object.type in USERS and not (upn and upn.strip(WHITE_SPACE)):
        yield Found("upn-missing", UPN, upn)


def _mended_upn(subject: Subject) -> str | None:
    """Return the userPrincipalName, or what it is after it is mended; None without one that can be compared."""
    upn = (subject.object.get(UPN) or "").strip(WHITE_SPACE)
    judged = judge_user_name(upn, subject.judges.domains) if upn else None
    return upn or None if judged is None or judged.mended is None else judged.mended


def _upn_differs(subject: Subject) -> Iterator[Found]:
    upn, compared = subject.object.get(UPN), _mended_upn(subject)
    address = subject.object.get(MAIL) if subject.primary is None else subject.primary.address
    if not address or compared is None or same(address, compared) or same(address, upn):
        return
    name, _, suffix = address.rpartition("@")
    is_sound = judge_user_name(address, subject.judges.domains) is None
    is_short = len(name) <= USER_NAME_MAX_LENGTH and len(suffix) <= SUFFIX_MAX_LENGTH
    if subject.primary is None and (subject.has_primary or _primary_to_come(subject) is None):
        return
    is_own = is_sound and is_short and subject.is_own(address)
    yield Found("upn-differs-from-primary", UPN, upn, {"set": address} if is_own else None, address)


def _upn_not_in_proxies(subject: Subject) -> Iterator[Found]:
    upn, mail = _mended_upn(subject), subject.object.get(MAIL)
    if not subject.object.is_mailbox_user or upn is None or not (subject.with_untyped or mail):
        return
    comes_from_mail = same(upn, mail) and not subject.has_primary and _primary_to_come(subject) is not None
    if comes_from_mail or subject.will_hold(upn):
        return
    is_usable = subject.has_addresses and subject.is_usable(upn)
    yield Found("upn-not-in-proxies", UPN, subject.object.get(UPN), {"add": f"smtp:{upn}"} if is_usable else None)


def _target_missing(subject: Subject) -> Iterator[Found]:
    audited = subject.object
    if not audited.needs_target or split_value(audited.get(TARGET) or "").address:
        return
    address: str | None = None
    if audited.kind == CONTACT:
        mail = audited.get(MAIL) or ""
        address = mail if subject.holds(mail) or subject.is_usable(mail) else None
    elif audited.kind == REMOTE_MAILBOX:
        context = subject.judges.context
        routing = (value.address for value in subject.internet if context.is_coexistence(domain_of(value.address)))
        address = next(routing, None)
    is_sound = bool(address) and judge_address(address or "", subject.judges.domains) is None
    yield Found("target-missing", TARGET, audited.get(TARGET), {"set": f"SMTP:{address}"} if is_sound else None)


def _target_not_in_proxies(subject: Subject) -> Iterator[Found]:
    text = subject.object.get(TARGET)
    target = split_value(mended_target(text or "", subject.judges))
    if not text or not target.address:
        return
    is_internet = target.kind in ("", DEFAULT_TYPE)
    keys = {value.key for value in subject.values}
    if target.key in keys or (is_internet and subject.holds(target.address)):
        return
    comes_from_mail = same(target.address, subject.object.get(MAIL)) and not subject.has_primary
    is_usable = is_internet and subject.has_addresses and not comes_from_mail and subject.is_usable(target.address)
    fix: Fix | None = {"add": f"smtp:{target.address}"} if is_usable else None
    severity: AuditSeverity | None = "error" if subject.object.kind == REMOTE_MAILBOX else None
    yield Found("target-not-in-proxies", TARGET, text, fix, severity=severity)


def _routing_address_missing(subject: Subject) -> Iterator[Found]:
    audited, context = subject.object, subject.judges.context
    if context.coexistence_domain is None or not audited.has_addresses_here:
        return
    if not (subject.with_untyped or audited.get(MAIL) or audited.get(ALIAS)):  # an account without mail
        return
    if any(context.is_coexistence(domain_of(value.address)) for value in subject.internet):
        return
    address = f"{audited.get(ALIAS)}@{context.coexistence_domain}"
    is_usable = bool(audited.get(ALIAS)) and subject.has_addresses and subject.is_usable(address)
    fix: Fix | None = {"add": f"smtp:{address}"} if is_usable else None
    yield Found("routing-address-missing", PROXIES, None, fix, context.coexistence_domain)


def _domains(subject: Subject) -> Iterator[Found]:
    """Yield addresses in domains of tenants, and those of mailboxes in domains that are not accepted."""
    context = subject.judges.context
    for value in subject.with_untyped:
        domain = domain_to_be(value, subject.judges)
        if context.is_reserved(domain):
            yield Found("reserved-domain", PROXIES, value.text, _removal(subject, value), domain)
        if domain and subject.is_of_mailbox and not context.is_accepted(domain):
            if value.is_primary:
                yield Found("primary-domain-not-accepted", PROXIES, value.text, None, domain)
            else:
                yield Found("domain-not-accepted", PROXIES, value.text, _removal(subject, value), domain)


def _removal(subject: Subject, value: TypedValue) -> Fix | None:
    """Return the fix that removes an address, to which nothing else refers; None where another finding would follow."""
    audited = subject.object
    target = split_value(audited.get(TARGET) or "").address
    others = (audited.get(MAIL), audited.get(UPN), target)
    may_go = not value.is_primary and subject.has_primary and not any(same(value.address, other) for other in others)
    return {"remove": True} if may_go else None


def _legacy_dns(subject: Subject) -> Iterator[Found]:
    held = {value.address.lower() for value in subject.values if value.kind in LEGACY_DN_TYPES}
    held.add((subject.object.get(LEGACY_DN) or "").lower())
    for text in subject.object.former_dns:
        written = split_value(text)
        dn = written.address if written.kind in LEGACY_DN_TYPES else text.strip(WHITE_SPACE)
        if dn and dn.lower() not in held:
            held.add(dn.lower())
            is_sound = next(proxy_faults(f"X500:{dn}", subject.judges), None) is None
            yield Found("legacy-dn-not-in-x500", PROXIES, None, {"add": f"X500:{dn}"} if is_sound else None, dn)


def _display_name(subject: Subject) -> Iterator[Found]:
    name, common = subject.object.get(NAME), (subject.object.common_name or "").strip(WHITE_SPACE)
    if name is not None and not name.strip(WHITE_SPACE):
        is_sound = 0 < len(common) <= COMMON_NAME_MAX_LENGTH
        yield Found("display-name-blank", NAME, name, {"set": common} if is_sound else None)


def _proxies_too_many(subject: Subject) -> Iterator[Found]:
    most = subject.judges.context.max_proxies
    if len(subject.values) > most:
        yield Found("proxies-too-many", PROXIES, None, None, f"it has {len(subject.values):,}, more than {most:,}")


OBJECT_RULES: Sequence[tuple[tuple[str, ...], Callable[[Subject], Iterator[Found]], tuple[str, ...]]] = (
    (("primary-missing",), _primary_missing, (PROXIES,)),
    (("primary-multiple",), _primary_multiple, ()),
    (("proxy-repeated",), _proxy_repeated, ()),
    (("mail-differs-from-primary",), _mail_differs, (MAIL,)),
    (("upn-missing",), _upn_missing, (UPN,)),
    (("upn-differs-from-primary",), _upn_differs, ()),
    (("upn-not-in-proxies",), _upn_not_in_proxies, ()),
    (("target-missing",), _target_missing, (TARGET,)),
    (("target-not-in-proxies",), _target_not_in_proxies, (PROXIES,)),
    (("routing-address-missing",), _routing_address_missing, (PROXIES,)),
    (("reserved-domain", "domain-not-accepted", "primary-domain-not-accepted"), _domains, ()),
    (("legacy-dn-not-in-x500",), _legacy_dns, (PROXIES,)),
    (("display-name-blank",), _display_name, ()),
    (("proxies-too-many",), _proxies_too_many, ()),
)
"""The rules that each function tells, and the attributes that the export must have, since what is missing is told."""
