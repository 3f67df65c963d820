"""Diagnosis: a non-delivery report read back, with what each code means and what mends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from proxyaddr._files.messages import Message, read_message
from proxyaddr._text.encodings import CarriedText
from proxyaddr._text.types import LEGACY_DN_TYPES
from proxyaddr.addresses.encapsulated_text import FoundAddress, find_encapsulated, read_encapsulated
from proxyaddr.addresses.parser import parse_proxy
from proxyaddr.addresses.shapes import typed_by_shape
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.delivery.bounce_codes import LEGACY_DN_NOT_FOUND, Meaning, meaning, precision
from proxyaddr.delivery.bounce_layouts import Report, from_lines, from_status
from proxyaddr.errors import AddressSyntaxError, Finding, check_text, visible
from proxyaddr.formats import legacy_dn
from proxyaddr.formats.imcea import PREFIX

__all__ = ["Diagnosis", "diagnose"]

_EMBEDDED = re.compile(r"content-type:\s*(?:message/rfc822|message/global|text/rfc822-headers)", re.IGNORECASE)
_TYPED = re.compile(r"[A-Za-z][A-Za-z0-9&.]{0,15}:(?!//)\S.*")
_ENCAPSULATED = re.compile(rf"{PREFIX}[^\s<>()\[\],;\"]+", re.IGNORECASE)
_MARK = "\ue000"
"""Stands around the number of an encapsulated address while the rest of a text is undone; no text uses it."""

_MARKED = re.compile(f"{_MARK}([0-9]{{1,9}}){_MARK}")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a report says of one recipient, and what would deliver the mail.

    `recipient` is the address that the report names, else the name; None where it names none. `code` is the most
    precise code that it states, None for none, and `diagnostic` what a server said; `reason` is what that means, by the
    `rule` that decided and the document that states it, its `article`. `addresses` are what was encapsulated in the
    recipient's, or has a type; `proxies` are the X500 proxies that make a legacy DN known, which nobody has. `findings`
    say what is odd in them.
    """

    recipient: str | None
    code: str | None
    reason: str
    rule: str
    article: str
    remedy: tuple[str, ...]
    addresses: tuple[TypedAddress, ...] = ()
    proxies: tuple[str, ...] = ()
    diagnostic: str = ""
    findings: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        return visible(f"{self.recipient or 'a recipient'}: {self.code or 'no code'}: {self.reason}")


def diagnose(text: str | bytes) -> tuple[Diagnosis, ...]:
    """Return what a non-delivery report says of each recipient, each once, in the order in which it names them.

    The report is a message, what was copied from one, or a line of a server: in the layouts of Exchange 4.0 to 5.5 and
    MS Mail, of a delivery status (RFC 3464), and in the text and HTML of Exchange. Where several parts state a code for
    a recipient, the more precise one counts. AddressSyntaxError for a text that is no report.

    >>> diagnose("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient jane@contoso.com not found")[0].code
    '5.1.10'
    """
    if not isinstance(text, bytes):
        check_text(text, "text")
    message = read_message(text)
    encapsulated: dict[str, FoundAddress] = {}
    reports = _merged(_reports(message, encapsulated), encapsulated)
    if not reports:
        shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
        raise AddressSyntaxError(
            "not-a-bounce",
            "no non-delivery report: it names no recipient with a reason; give the whole report, or the line "
            "with the code (`proxyaddr decapsulate` reads addresses)",
            shown,
            (0, len(shown)),
            ("a non-delivery report",),
        )
    return tuple(_diagnosed(report, encapsulated) for report in reports)


def _reports(message: Message, encapsulated: dict[str, FoundAddress]) -> Iterator[Report]:
    """Yield what the delivery status says, then what the texts say, but those of the message that came back."""
    statuses = [report for fields in message.recipients if (report := from_status(fields)) is not None]
    for report in statuses:
        if report.recipient is not None:
            _note(find_encapsulated(report.recipient), encapsulated)
    yield from statuses
    seen = bool(statuses)
    for part in message.parts:
        if seen and _EMBEDDED.search(part.text):
            return
        for report in from_lines(_lines(part, encapsulated)):
            seen = True
            yield report


def _lines(part: CarriedText, encapsulated: dict[str, FoundAddress]) -> list[str]:
    """Return the lines of a text with its encodings undone, each encapsulated address whole on one of them."""
    text = part.text.replace(_MARK, "\N{REPLACEMENT CHARACTER}")
    found = _note(find_encapsulated(Message((part._replace(text=text),))), encapsulated)
    pieces, place = [], 0
    for number, address in enumerate(found):
        start, end = address.span
        pieces += [text[place:start], f"{_MARK}{number}{_MARK}"]
        place = end
    plain = part._replace(text="".join([*pieces, text[place:]])).plain()
    return _MARKED.sub(lambda mark: found[int(mark[1])].source, plain).splitlines()


def _note(
    found: Iterable[FoundAddress | AddressSyntaxError], encapsulated: dict[str, FoundAddress]
) -> list[FoundAddress]:
    """Return the addresses that were read, and keep each by its text, as it was read with the fewest findings."""
    good = [address for address in found if isinstance(address, FoundAddress)]
    for address in good:
        known = encapsulated.setdefault(address.source.lower(), address)
        if len(address.findings) < len(known.findings):
            encapsulated[address.source.lower()] = address
    return good


def _merged(reports: Iterable[Report], encapsulated: dict[str, FoundAddress]) -> list[Report]:
    """Return a report for each recipient, with all that was said of it.

    A name stands for the address that the report gives it elsewhere. What names no recipient counts where nothing does.
    """
    all_reports = list(reports)
    ms_mail = [report for report in all_reports if report.is_ms_mail]
    named: dict[str, str] = {}
    for report in all_reports:
        if report.recipient is not None and report.name is not None and not report.is_ms_mail:
            named.setdefault(report.name.casefold(), report.recipient)
    merged: dict[object, Report] = {}
    for report in all_reports:
        recipient = report.recipient
        if recipient is None:
            continue
        recipient = named.get(recipient.casefold(), recipient)
        known = merged.setdefault(_key(recipient, encapsulated), Report(recipient, report.name))
        for detail in report.details:
            known.add(detail)
        known.codes += report.codes
        known.is_ms_mail = report.is_ms_mail and len(ms_mail) == 1
    if not merged:
        return all_reports[:1]
    return list(merged.values())


def _key(recipient: str, encapsulated: dict[str, FoundAddress]) -> object:
    found = encapsulated.get(recipient.lower())
    if found is not None:
        return found.key
    typed = _typed(recipient)
    return recipient.casefold() if typed is None else typed.comparison_key


def _typed(recipient: str) -> TypedAddress | None:
    """Return the address of a recipient that is written with its type, or is a legacy DN; None for every other."""
    shaped = typed_by_shape(recipient)
    text = ":".join(shaped) if shaped is not None and shaped[0] in LEGACY_DN_TYPES else recipient
    if _TYPED.fullmatch(text) is None:
        return None
    try:
        return parse_proxy(text)
    except AddressSyntaxError:
        return None


def _diagnosed(report: Report, encapsulated: dict[str, FoundAddress]) -> Diagnosis:
    recipient = report.recipient or ""
    said = report.text
    codes = sorted(dict.fromkeys(report.all_codes()), key=precision, reverse=True)
    code = codes[0] if codes else None
    meant = meaning(code, f"{said} {recipient}")
    found = encapsulated.get(recipient.lower())
    if found is None and PREFIX not in recipient.upper():
        words = (word[0].rstrip(".:'!?#").lower() for word in _ENCAPSULATED.finditer(said))
        found = next((encapsulated[word] for word in words if word in encapsulated), None)
    addresses: tuple[TypedAddress, ...] = ()
    findings: tuple[Finding, ...] = ()
    proxy: str | None = None
    typed = _typed(recipient)
    if found is not None:
        addresses, findings, proxy = (TypedAddress(found.type, found.value),), found.findings, found.proxy
    elif PREFIX in recipient.upper():
        findings = _unread(recipient)
    elif typed is not None:
        addresses, findings = (TypedAddress(typed.type, typed.value),), typed.validate()
        proxy = legacy_dn.proxy_of(typed.type, typed.value, findings)
    proxies = () if proxy is None or meant.recipient_exists else (proxy,)
    shown = report.name if report.is_ms_mail and report.name is not None else recipient
    return Diagnosis(
        shown or None,
        code,
        meant.reason,
        meant.rule,
        meant.article,
        (*_proxy_remedy(proxies), *_remedy(meant, proxies, addresses)),
        addresses,
        proxies,
        said,
        findings,
    )


def _unread(recipient: str) -> tuple[Finding, ...]:
    """Return why the encapsulated address of a recipient can not be read."""
    try:
        return read_encapsulated(recipient).findings
    except AddressSyntaxError as error:
        return (Finding(error.code, error.message),)


def _proxy_remedy(proxies: tuple[str, ...]) -> Iterator[str]:
    for proxy in proxies:
        yield f"add the proxy address {proxy} to the recipient that had this name (KB2807779)"


def _remedy(meant: Meaning, proxies: tuple[str, ...], addresses: tuple[TypedAddress, ...]) -> tuple[str, ...]:
    """Return the remedy of a rule without what would contradict the rest.

    Beside an X500 proxy that is what it says of the address itself; a legacy DN that is broken makes no proxy.
    """
    is_broken = meant.rule == LEGACY_DN_NOT_FOUND and bool(addresses)
    return meant.remedy[1:] if proxies or is_broken else meant.remedy
