"""What the rules say of one value of an attribute, without the object that holds it: functions of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from proxyaddr._text.types import DEFAULT_TYPE, WHITE_SPACE
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.found import Found, Judges, split_value
from proxyaddr.auditing.judging import BY_NAME, PLACES
from proxyaddr.auditing.objects import ALIAS, GIVEN_NAME, MAIL, NAME, PROXIES, TARGET, UPN
from proxyaddr.auditing.rules import SEVERITIES, AuditSeverity, chosen_rules
from proxyaddr.auditing.subjects import domain_to_be
from proxyaddr.auditing.top_level_domains import DomainList
from proxyaddr.auditing.value_rules import SINGLE_VALUE_RULES, proxy_faults
from proxyaddr.errors import ConfigurationError, check_type

__all__ = ["ATTRIBUTES", "SOUND", "VALUE_RULES", "ValueJudge", "Verdict", "attribute_named"]


def _of_proxy(text: str, judges: Judges) -> Iterator[Found]:
    yield from proxy_faults(text, judges)
    value = split_value(text)
    if value.kind in ("", DEFAULT_TYPE):
        domain = domain_to_be(value, judges)
        if judges.context.is_reserved(domain):
            yield Found("reserved-domain", PROXIES, text, None, domain)


def _of_name(text: str, judges: Judges) -> Iterator[Found]:
    if not text.strip(WHITE_SPACE):
        yield Found("display-name-blank", NAME, text)
    yield from _SINGLE[NAME](text, judges)


_SINGLE = dict(SINGLE_VALUE_RULES)
_JUDGES: Mapping[str, Callable[[str, Judges], Iterator[Found]]] = {PROXIES: _of_proxy, **_SINGLE, NAME: _of_name}

_ROUTABLE = "domain-not-routable"
VALUE_RULES: Mapping[str, Sequence[str]] = {
    PROXIES: (
        *("proxy-no-type", "proxy-empty-value", "proxy-too-long", "proxy-joined-values", "proxy-mixed-case-type"),
        *("smtp-invalid-character", "smtp-non-ascii", "smtp-syntax", "smtp-domain-syntax", _ROUTABLE),
        *("x400-syntax", "x500-syntax", "reserved-domain"),
    ),
    MAIL: ("mail-syntax", "mail-too-long"),
    UPN: ("upn-syntax", "upn-invalid-character", "upn-non-ascii", "upn-too-long", _ROUTABLE),
    TARGET: (
        *("smtp-syntax", "smtp-domain-syntax", _ROUTABLE),
        *("target-no-type", "target-invalid-character", "target-too-long"),
    ),
    ALIAS: ("alias-leading-period", "alias-invalid-character", "alias-too-long"),
    NAME: ("display-name-blank", "display-name-too-long"),
    GIVEN_NAME: ("given-name-too-long",),
}
"""The rules that judge a value of an attribute by itself."""

ATTRIBUTES = tuple(_JUDGES)
"""The attributes whose values can be judged alone, by their names in Active Directory."""


Verdict: TypeAlias = tuple[tuple[str, ...], AuditSeverity | None]
"""The names of the rules that a value breaks, in their order, and the worst severity; None for none."""

SOUND: Verdict = ((), None)


class ValueJudge:
    """Judges values of one attribute by the rules that need nothing but the value and the context.

    The verdicts are those of an audit of an object that holds the value. `context` is what is known of the
    organization. ConfigurationError for an unknown rule or attribute, and where none of the rules judges a value alone.
    """

    def __init__(
        self,
        attribute: str = PROXIES,
        *,
        rules: Iterable[str] | None = None,
        ignore: Iterable[str] = (),
        context: AuditContext | None = None,
    ) -> None:
        self.attribute = attribute_named(attribute)
        asked = None if rules is None else chosen_rules(rules)
        alone = VALUE_RULES[self.attribute]
        if asked is not None and asked.isdisjoint(alone):
            message = f"none of these rules judges {self.attribute} by itself; those are {', '.join(alone)}"
            raise ConfigurationError("no-rule-of-values", message, "rules")
        self._chosen = frozenset(alone) & chosen_rules(asked, ignore)
        known = AuditContext() if context is None else context
        check_type(known, AuditContext, "context")
        is_asked = _ROUTABLE in self._chosen
        self.judges = Judges(known, DomainList(known.top_level_domains, is_asked=is_asked))

    @property
    def needs_top_level_domains(self) -> bool:
        """Whether a rule is asked for that needs the list of top-level domains, and the list is not there."""
        return _ROUTABLE in self._chosen and not self.judges.domains.is_complete

    def verdict(self, text: str) -> Verdict:
        """Return the verdict on a value.

        >>> ValueJudge().verdict("smtp:jané@contoso.com")
        (('smtp-non-ascii',), 'error')
        """
        found = [each for each in _JUDGES[self.attribute](text, self.judges) if each.rule in self._chosen]
        found.sort(key=lambda each: PLACES[each.rule])
        severities = [each.severity or BY_NAME[each.rule].severity for each in found]
        return tuple(each.rule for each in found), min(severities, key=SEVERITIES.index, default=None)


def attribute_named(name: str) -> str:
    """Return the attribute that a name names in any case; ConfigurationError for one whose values are not judged."""
    check_type(name, str, "attribute", "text")
    found = next((attribute for attribute in ATTRIBUTES if attribute.lower() == name.lower()), None)
    if found is None:
        message = f"no values of {name!r} are judged alone, but those of {', '.join(ATTRIBUTES)}"
        raise ConfigurationError("unknown-attribute", message, "attribute")
    return found
