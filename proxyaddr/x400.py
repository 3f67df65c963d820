"""X.400 O/R addresses, the values of X400 proxies: what breaks the rules of the form that Exchange writes."""

from __future__ import annotations

import re

from proxyaddr._components import ATTRIBUTES
from proxyaddr.errors import Finding

__all__ = ["findings"]

LIMITS = {"A": 16, "P": 16, "O": 64, "S": 40, "G": 16, "I": 5, "Q": 3, "X121": 15} | {f"OU{n}": 32 for n in range(1, 5)}
"""Most characters of a value (Q118563, Q160947)."""

_COUNTRY = re.compile(r"[A-Za-z]{2}|[0-9]{3}|\*")
_DDA = re.compile(r"dda(?:$|[:.])|ddat$|ddav$", re.IGNORECASE)
_PARTS = {";": re.compile(r"[^;]+"), "/": re.compile(r"(?:[^/$]|\$/|\$|//)+")}


def findings(value: str) -> tuple[Finding, ...]:
    """Judge an O/R address in the form with semicolons or slashes; nothing when it keeps the rules.

    Names C (Q146032) and a surname or another personal attribute (Q178537), knows every keyword, has no empty value
    (Q145585; a blank ADMD is one blank) and keeps the limits of Q118563.
    """
    found: list[Finding] = []
    seen: set[str] = set()
    for part in _PARTS["/" if value.startswith("/") else ";"].finditer(value):
        written, equals, text = part[0].partition("=")
        keyword = written.strip().lower()
        if not keyword and not equals:
            continue
        if _DDA.match(keyword):
            seen.add("DDA")
            continue
        attribute = ATTRIBUTES.get(keyword)
        rule = _broken(attribute, equals, text, seen)
        if rule is not None:
            found.append(Finding(*rule, part.span()))
        seen.add(attribute or keyword)
    if "C" not in seen:
        found.append(Finding("x400-no-country", "an O/R address names its country, c= (Q146032)", (0, len(value))))
    if not seen & {"S", "G", "PN", "CN", "DDA", "X121", "N-ID"}:
        found.append(Finding("x400-no-surname", "an O/R address of a person needs a surname, s= (Q178537)", None))
    return tuple(found)


def _broken(attribute: str | None, equals: str, text: str, seen: set[str]) -> tuple[str, str] | None:
    """Return code and message of the rule that one attribute breaks."""
    if attribute is None or not equals:
        return "x400-unknown-keyword", "not a keyword of an O/R address and '='"
    if attribute in seen:
        return "x400-repeated-keyword", f"{attribute} stands there twice"
    if not text.strip() and attribute != "A":
        return "x400-empty-value", f"{attribute} has no value (Q145585)"
    if attribute == "C" and not _COUNTRY.fullmatch(text.strip()):
        return "x400-country", "C is two letters or three digits (Q118563)"
    if len(text.strip()) > LIMITS.get(attribute, len(text)):
        return "x400-too-long", f"{attribute} has at most {LIMITS[attribute]} characters (Q118563)"
    return None
