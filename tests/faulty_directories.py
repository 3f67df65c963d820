"""Directories with faults planted in them, from a seed: few names and domains, so that objects share what they hold."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

__all__ = ["SCHEMA", "faulty_directory"]

_TEXTS = pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        *(("id", pa.string()), ("type", pa.string()), ("proxyAddresses", _TEXTS), ("mail", pa.string())),
        *(("userPrincipalName", pa.string()), ("targetAddress", pa.string()), ("mailNickname", pa.string())),
        *(("legacyExchangeDN", pa.string()), ("displayName", pa.string()), ("cn", pa.string())),
        ("previous_legacyExchangeDN", _TEXTS),
    ]
)
"""The columns of the objects as a table."""

_NAMES = ("jane", "joe", "jané", "jane doe", "a..b", ".x", "x.", "иван", "o'neil", "roe", "doe", "x" * 70)
_DOMAINS = (
    *("contoso.com", "contoso.com.", "contoso.net", "con toso.com", "bücher.example.de", "contoso.local", "x_y.com"),
    *("contoso.onmicrosoft.com", "contoso.mail.onmicrosoft.com"),
)
_TYPES = ("smtp:", "smtp:", "SMTP:", "Smtp:", "", "x500:", "X400:", "sip:", " smtp:")
_KINDS = ("user", "user", "contact", "group", "remote-mailbox", "mail-user", None)


def faulty_directory(count: int, seed: int, *, names: int = 200) -> list[dict[str, Any]]:
    """Return objects as rows of a table: every one has all attributes, None where it has no value.

    `names` is how many further names there are: the fewer, the more objects hold the same.
    """
    draw = random.Random(seed)
    words = [*_NAMES, *(f"person{number}" for number in range(names))]

    def address() -> str:
        return f"{draw.choice(words)}{draw.choice(('@', '@', '@', '@@'))}{draw.choice(_DOMAINS)}"

    def value() -> str:
        text = f"{draw.choice(_TYPES)}{address()}"
        return f"{text},{draw.choice(_TYPES)}{address()}" if draw.random() < 0.1 else text

    def maybe(made: Any) -> Any:  # noqa: ANN401 - a text or None
        return made if draw.random() < 0.7 else None

    def addresses(mail: str | None) -> list[str]:
        found = [value() for _ in range(draw.randrange(4))]
        if mail and draw.random() < 0.6:
            found.append(f"{draw.choice(('smtp:', 'SMTP:'))}{mail}")
        if found and draw.random() < 0.1:
            found.append(draw.choice((found[0].swapcase(), "smtp:", f"{found[0]}{'x' * 300}")))
        return found

    def made() -> dict[str, Any]:
        mail = maybe(address())
        return {
            "id": f"u{draw.randrange(count):05}",
            "type": draw.choice(_KINDS),
            "proxyAddresses": maybe(addresses(mail)),
            "mail": mail,
            "userPrincipalName": mail if draw.random() < 0.3 else maybe(address()),
            "targetAddress": value() if draw.random() < 0.2 else None,
            "mailNickname": maybe(draw.choice(words)),
            "legacyExchangeDN": maybe(f"/o=Org/ou=Site/cn=Recipients/cn={draw.choice(words)}"),
            "displayName": maybe(draw.choice(["", "Jane", "x" * 300])),
            "cn": maybe(draw.choice(["Jane", "krbtgt"])),
            "previous_legacyExchangeDN": ["/o=a/ou=b/cn=c"] if draw.random() < 0.1 else None,
        }

    return [made() for _ in range(count)]
