"""An object with its proxy addresses taken apart, and what can be made of them without another finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from proxyaddr._text.domains import canonical
from proxyaddr._text.types import DEFAULT_TYPE, WHITE_SPACE
from proxyaddr.auditing.found import Found, Judges, TypedValue, split_value
from proxyaddr.auditing.internet import judge_address
from proxyaddr.auditing.objects import MAIL, MAIL_USER, PROXIES, TARGET, UPN, AuditObject
from proxyaddr.auditing.value_rules import mended_target

__all__ = ["Subject", "domain_of", "domain_to_be", "same"]

_PLAIN_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)*")


class Subject(NamedTuple):
    """An object with its proxy addresses taken apart: all, and the Internet addresses among them."""

    object: AuditObject
    values: Sequence[TypedValue]
    internet: Sequence[TypedValue]
    has_primary: bool
    judges: Judges

    @classmethod
    def of(cls, audited: AuditObject, judges: Judges) -> Subject:
        """Return the subject of an object."""
        values = tuple(map(split_value, audited.proxies))
        internet = tuple(value for value in values if value.kind == DEFAULT_TYPE and value.address)
        return cls(audited, values, internet, any(value.is_primary for value in internet), judges)

    @property
    def primary(self) -> TypedValue | None:
        """The primary Internet address; of several the one equal to mail, None where that is none of them."""
        found = list({value.key: value for value in self.internet if value.is_primary}.values())
        if len(found) > 1:
            found = [value for value in found if same(value.address, self.object.get(MAIL))]
        return found[0] if found else None

    @property
    def with_untyped(self) -> list[TypedValue]:
        """The Internet addresses, and those that would be if they had a type."""
        return [*self.internet, *(value for value in self.values if not value.kind and "@" in value.address)]

    @property
    def has_addresses(self) -> bool:
        """Whether it has Internet addresses or mail, so that a secondary address is no news to the primary one."""
        return bool(self.with_untyped) or bool((self.object.get(MAIL) or "").strip(WHITE_SPACE))

    def holds(self, address: str) -> bool:
        """Return whether the object has an Internet address."""
        return any(same(value.address, address) for value in self.internet)

    def will_hold(self, address: str) -> bool:
        """Return whether the object has an Internet address, or has it once its addresses are mended."""
        judged = (judge_address(value.address, self.judges.domains) for value in self.internet)
        return self.holds(address) or any(each and each.mended and same(each.mended, address) for each in judged)

    def may_be_mended(self, found: Found) -> bool:
        """Return whether a fix leaves the target alone, and splits no address off that another rule would tell."""
        parts = found.fix.get("split") if found.fix else None
        addresses = [split_value(str(part)).address for part in parts] if isinstance(parts, list) else []
        parts_address = self._parts_from_target(found) or self._parts_from_primary(found)
        return not parts_address and all(map(self._may_be_held, addresses))

    def _parts_from_primary(self, found: Found) -> bool:
        """Return whether a fix changes the userPrincipalName that is the primary address, and that stays as it is."""
        primary = self.object.get(MAIL) if self.primary is None else self.primary.address
        if found.attribute != UPN or not found.fix or not primary or not same(primary, str(found.value)):
            return False
        judged = judge_address(primary, self.judges.domains)
        stays = judged.mended if judged is not None and judged.mended is not None else primary
        return not same(stays, str(found.fix.get("set")))

    def _parts_from_target(self, found: Found) -> bool:
        """Return whether a fix changes the address that is the target, and the target stays as it is."""
        target = self.object.get(TARGET)
        if found.attribute != PROXIES or not found.fix or "set" not in found.fix or not target:
            return False
        old, new = split_value(str(found.value)), split_value(str(found.fix["set"]))
        is_target = same(split_value(target).address, old.address)
        return is_target and not same(split_value(mended_target(target, self.judges)).address, new.address)

    def is_usable(self, address: str) -> bool:
        """Return whether no rule would find anything wrong with an Internet address of this object."""
        context = self.judges.context
        if judge_address(address, self.judges.domains) is not None or len(address) + 5 > context.max_proxy_length:
            return False
        return self._may_be_held(address)

    def _may_be_held(self, address: str) -> bool:
        context, domain = self.judges.context, domain_of(address)
        return not context.is_reserved(domain) and (not self.is_of_mailbox or context.is_accepted(domain))

    def may_be_primary(self, value: TypedValue) -> bool:
        """Return whether an address that the object has can become its primary one, and no other rule finds more."""
        if not value.kind:
            return self.is_usable(value.address)
        judged = judge_address(value.address, self.judges.domains)
        is_accepted = not self.is_of_mailbox or self.judges.context.is_accepted(domain_of(value.address))
        return (judged is None or judged.fault == "not-routable") and is_accepted

    def is_own(self, address: str) -> bool:
        """Return whether an address can be one of the organization, as far as is known: no user signs in elsewhere."""
        domains = self.judges.context.accepted_domains
        is_target = self.object.kind == MAIL_USER and same(address, split_value(self.object.get(TARGET) or "").address)
        return not is_target and (not domains or self.judges.context.is_accepted(domain_of(address)))

    @property
    def is_of_mailbox(self) -> bool:
        """Whether its addresses have to be in accepted domains, which are known."""
        return self.object.has_addresses_here and bool(self.judges.context.accepted_domains)


def same(one: str, other: str | None) -> bool:
    """Return whether two Internet addresses are one: without case, the domain in any spelling."""
    if other is None:
        return False
    one, other = one.strip(WHITE_SPACE), other.strip(WHITE_SPACE)
    if one.lower() == other.lower():
        return True
    return not (one.isascii() and other.isascii()) and canonical(one).lower() == canonical(other).lower()


def domain_to_be(value: TypedValue, judges: Judges) -> str:
    """Return the domain of an address once it is mended; an empty text where several are in one value, or none."""
    local, at, domain = value.address.rpartition("@")
    if not at:
        return ""
    if "@" not in local and (_PLAIN_DOMAIN.fullmatch(domain) or not local):
        return domain
    judged = judge_address(value.address, judges.domains)
    return domain_of(judged.mended or "") if judged is not None else domain


def domain_of(address: str) -> str:
    """Return the domain of an Internet address, an empty text where there is none."""
    return address.rpartition("@")[2] if "@" in address else ""
