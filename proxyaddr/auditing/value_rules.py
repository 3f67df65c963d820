"""The rules of single values: functions of one value, which know no object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES, WHITE_SPACE
from proxyaddr.auditing.found import Fix, Found, Judges, TypedValue, split_value
from proxyaddr.auditing.internet import (
    LONG_LOCAL_PART,
    SUFFIX_MAX_LENGTH,
    TARGET_UNFIT,
    USER_NAME_MAX_LENGTH,
    Judgement,
    judge_address,
    judge_user_name,
    transliterated,
)
from proxyaddr.auditing.objects import ALIAS, GIVEN_NAME, MAIL, NAME, PROXIES, TARGET, UPN
from proxyaddr.formats import legacy_dn

__all__ = ["SINGLE_VALUE_RULES", "mended_target", "proxy_faults"]

MAIL_MAX_LENGTH = TARGET_MAX_LENGTH = NAME_MAX_LENGTH = 256
ALIAS_MAX_LENGTH = GIVEN_NAME_MAX_LENGTH = 64
"""Limits of the sync (prepare-for-directory-synchronization) and of Set-Mailbox -Alias."""

_SMTP_RULES = {
    "joined": "proxy-joined-values",
    "invalid-character": "smtp-invalid-character",
    "non-ascii": "smtp-non-ascii",
    "syntax": "smtp-syntax",
    "domain-syntax": "smtp-domain-syntax",
    "not-routable": "domain-not-routable",
}
"""The rule that tells a fault of an address."""

_UNFIT_IN_ALIAS = re.compile(r"[^A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.\xa1-\xff]")
_UNFIT_FOR_SYNC = re.compile(r"[^A-Za-z0-9!#$%'*+\-/=?^_`{|}~.\xa1-\xff]")
"""What an alias must not hold (Set-Mailbox -Alias); the sync does not take the ampersand."""

_MISPLACED_PERIODS = re.compile(r"(?<=\.)\.+|\.\Z")


def proxy_faults(text: str, judges: Judges) -> Iterator[Found]:
    """Yield what is wrong with a proxy address; one that is too long is mended by nothing but taking it apart."""
    value = split_value(text)
    most = judges.context.max_proxy_length
    is_long = len(text) > most
    for found in _proxy_faults(value, judges):
        keeps_length = found.rule == "proxy-joined-values"
        yield found._replace(fix=None) if is_long and not keeps_length else found
    if is_long:
        yield Found("proxy-too-long", PROXIES, text, None, f"it has {len(text):,} characters, more than {most:,}")


def _proxy_faults(value: TypedValue, judges: Judges) -> Iterator[Found]:
    text = value.text
    if not value.address:
        yield Found("proxy-empty-value", PROXIES, text, {"remove": True})
        return
    if not value.kind:
        judged = judge_address(text.lstrip(WHITE_SPACE).removeprefix(":"), judges.domains)
        if judged is not None and judged.fault == "joined":
            yield Found("proxy-joined-values", PROXIES, text, _taken_apart("", judged, judges), judged.told)
        else:
            address = value.address if judged is None else judged.mended
            yield Found("proxy-no-type", PROXIES, text, None if address is None else {"set": f"smtp:{address}"})
        return
    if value.written not in (value.written.upper(), value.written.lower()):
        mended = text.replace(value.written, value.written.lower(), 1)
        yield Found("proxy-mixed-case-type", PROXIES, text, {"set": mended}, repr(value.written[:32]))
    if value.kind == DEFAULT_TYPE:
        yield from _smtp_faults(value, judges)
    elif value.kind == "X400":
        from proxyaddr.x400.reading import findings  # noqa: PLC0415 - 5 % of a start, for one type alone

        for fault in findings(value.address)[:1]:
            yield Found("x400-syntax", PROXIES, text, None, fault.message)
    elif value.kind in LEGACY_DN_TYPES:
        for fault in legacy_dn.findings(value.address)[:1]:
            yield Found("x500-syntax", PROXIES, text, None, fault.message)


def _smtp_faults(value: TypedValue, judges: Judges) -> Iterator[Found]:
    written, _, address = value.text.partition(":")
    judged = judge_address(address, judges.domains)
    if written != value.written and (judged is None or judged.fault != "joined"):
        clean = judge_address(value.address, judges.domains)
        mended = value.address if clean is None else clean.mended
        judged = Judgement("invalid-character", mended, "a blank beside the type")
    if judged is None:
        return
    fix: Fix | None = None
    if judged.fault == "joined":
        fix = _taken_apart(value.written, judged, judges)
    elif judged.mended is not None:
        fix = {"set": f"{value.written}:{judged.mended}"}
    yield Found(_SMTP_RULES[judged.fault], PROXIES, value.text, fix, judged.told)


def _taken_apart(written: str, judged: Judgement, judges: Judges) -> Fix | None:
    """Return the fix that splits a value: the first has the type of the whole, and one alone may be the primary.

    None where a part would be a finding of its own.
    """
    if any(judge_address(part.rpartition(":")[2], judges.domains) is not None for part in judged.parts):
        return None
    values: dict[str, str] = {}
    has_primary = False
    for place, part in enumerate(judged.parts):
        prefix, _, address = part.rpartition(":")
        kind = written if place == 0 else prefix.partition(":")[0].strip(WHITE_SPACE)
        if kind == DEFAULT_TYPE and not has_primary:
            has_primary = True
            values[address.lower()] = f"{kind}:{address}"
        else:
            values.setdefault(address.lower(), f"{(written or DEFAULT_TYPE).lower()}:{address}")
    return {"split": list(values.values())}


def mended_target(text: str, judges: Judges) -> str:
    """Return a target address as it is after it is mended."""
    fixes = (found.fix for found in _target_faults(text, judges))
    return next((str(fix["set"]) for fix in fixes if fix), text)


def _target_faults(text: str, judges: Judges) -> Iterator[Found]:
    value = split_value(text)
    is_long = len(text) > TARGET_MAX_LENGTH
    judged = judge_address(value.address, judges.domains, unfit=TARGET_UNFIT, may_be_joined=False)
    fix: Fix | None = None
    # written in other letters its name is a stranger's, to whom mail would go; a domain in IDNA form is the same one
    mended = judged.mended if judged is not None and value.address.rpartition("@")[0].isascii() else None
    if not value.kind and value.address:
        if judged is None or mended is not None:
            fix = {"set": f"SMTP:{value.address if mended is None else mended}"}
        yield Found("target-no-type", TARGET, text, None if is_long else fix)
    elif value.kind == DEFAULT_TYPE:
        has_blank = text.partition(":")[::2] != (value.written, value.address)
        if has_blank and (judged is None or judged.fault == "not-routable"):
            mended = value.address if judged is None else None
            judged = Judgement("invalid-character", mended, "a blank")
        if judged is not None and judged.fault in ("invalid-character", "non-ascii"):
            if mended is not None:
                fix = {"set": f"SMTP:{mended}"}
            yield Found("target-invalid-character", TARGET, text, None if is_long else fix, judged.told)
        elif judged is not None:
            if mended is not None:
                fix = {"set": f"SMTP:{mended}"}
            yield Found(_SMTP_RULES[judged.fault], TARGET, text, None if is_long else fix, judged.told)
    if is_long:
        yield Found("target-too-long", TARGET, text, None, f"it has {len(text):,}")


def _mail_faults(text: str, judges: Judges) -> Iterator[Found]:
    judged = judge_address(text, judges.domains, may_be_joined=False)
    is_long = len(text) > MAIL_MAX_LENGTH
    if text and judged is not None and judged.fault != "not-routable":
        trimmed = text.strip(WHITE_SPACE)
        rest = judge_address(trimmed, judges.domains)
        is_sound = trimmed != text and (rest is None or rest.fault == "not-routable")
        yield Found("mail-syntax", MAIL, text, {"set": trimmed} if is_sound and not is_long else None, judged.told)
    if is_long:
        yield Found("mail-too-long", MAIL, text, None, f"it has {len(text):,}")


def _upn_faults(text: str, judges: Judges) -> Iterator[Found]:
    if not text.strip(WHITE_SPACE):
        return  # it is told as missing
    name, _, suffix = text.rpartition("@")
    is_long = len(name) > USER_NAME_MAX_LENGTH or len(suffix) > SUFFIX_MAX_LENGTH
    judged = judge_user_name(text, judges.domains)
    if judged is not None and not (is_long and judged.told == LONG_LOCAL_PART):
        fix: Fix | None = None if judged.mended is None or is_long else {"set": judged.mended}
        if judged.fault == "not-routable":
            yield Found("domain-not-routable", UPN, text, None, judged.told, "error")
        else:
            yield Found(f"upn-{judged.fault}", UPN, text, fix, judged.told)
    if is_long:
        yield Found("upn-too-long", UPN, text, None, f"it has {len(name):,} and {len(suffix):,}")


def _alias_faults(text: str, judges: Judges) -> Iterator[Found]:
    is_long = len(text) > ALIAS_MAX_LENGTH
    unfit = _UNFIT_FOR_SYNC if judges.context.sync else _UNFIT_IN_ALIAS
    rest = text.lstrip(".")
    if rest != text:
        yield Found("alias-leading-period", ALIAS, text, {"set": rest} if rest and not is_long else None)
    bad = unfit.search(text) or _MISPLACED_PERIODS.search(rest)
    if bad:
        written = "".join((transliterated(c) or "") if unfit.match(c) and not c.isascii() else c for c in text)
        mended = _MISPLACED_PERIODS.sub("", unfit.sub("", written))
        if rest == text:  # what stood before a period goes, and the period would be a finding of its own
            mended = mended.lstrip(".")
        usable = mended.strip(".") and not is_long
        yield Found("alias-invalid-character", ALIAS, text, {"set": mended} if usable else None, repr(bad[0][:8]))
    if is_long:
        yield Found("alias-too-long", ALIAS, text, None, f"it has {len(text):,}")


def _name_faults(text: str, _: Judges) -> Iterator[Found]:
    if len(text) > NAME_MAX_LENGTH:
        yield Found("display-name-too-long", NAME, text, None, f"it has {len(text):,}")


def _given_name_faults(text: str, _: Judges) -> Iterator[Found]:
    if len(text) > GIVEN_NAME_MAX_LENGTH:
        yield Found("given-name-too-long", GIVEN_NAME, text, None, f"it has {len(text):,}")


SINGLE_VALUE_RULES: Sequence[tuple[str, Callable[[str, Judges], Iterator[Found]]]] = (
    (MAIL, _mail_faults),
    (UPN, _upn_faults),
    (TARGET, _target_faults),
    (ALIAS, _alias_faults),
    (NAME, _name_faults),
    (GIVEN_NAME, _given_name_faults),
)
"""The rules of attributes of one value; `proxy_faults` are those of each proxy address."""
