"""Public calls that take text, and the texts that cost a careless parser the square of their length.

Each text is a beginning and one piece, repeated.
"""

from __future__ import annotations

from collections.abc import Callable

import proxyaddr as px

__all__ = ["BEGINNINGS", "CALLS", "PIECES", "text"]

UNBOUNDED = px.Limits(address_length=2**40, list_length=2**40, list_items=2**40, line_length=2**40)

BEGINNINGS = ("", "[SMTP:", "SMTP:", "X400:", "IMCEAX-", '"', "/", "a <", "~del<", "a ")
PIECES = (
    "\\",
    *("[", "]", "(", "<", '"', '\\"', '"\\', "[]", "[[]", "[a", "<a", '"a', "(a", '<"', "[a:b]", "@[", "<@a:"),
    *(";", ",", "%", ":", "@", " ", "\n", "a", "a@", "a:", "a.", ";a", "; ", "% ", "%a", "0", "&", "a@b ", "{", "}"),
    *(
        "SMTP:a@b;",
        "a@b%SMTP:",
        "~del;",
        "c=us;",
        "/c=us",
        "ou=a;",
        "dda:a=b;",
        "\\;",
        "$/",
        "//",
        "=",
        "+4",
        "_",
        "(065)",
    ),
    *("*", "é", "а", "xn--", "\u200d", "b\u0301", "\0"),  # noqa: RUF001 - one is Cyrillic
)


def _validated(address_type: str) -> Callable[[str], object]:
    """Return a call that validates a text as an address of the type."""
    return lambda text: px.OneOffAddress(address_type, text, text).validate()


def _table(engine: str) -> Callable[[str], int]:
    """Return the call that asks a table, itself or compiled, for the route of an address."""
    routes = [
        px.Route(px.AddressSpace.parse(space), "c")
        for space in (
            *(
                "SMTP:*@contoso.com",
                "SMTP:*@*.contoso.com",
                "SMTP:a*b%c@x",
                "SMTP:*a*a*a*",
                "SMTP:*%a%",
                "SMTP:user@com",
            ),
            *("X400:c=us", "X400:", "EX:/o=a", "SMTP:;5"),
        )
    ]
    table = px.RoutingTable(routes)
    if engine == "table":
        return table.route_index
    return table.compile().match


_AUDITED = ("mail", "userPrincipalName", "mailNickname", "displayName", "targetAddress", "legacyExchangeDN")

CALLS: dict[str, Callable[[str], object]] = {
    "parse": lambda text: px.parse(text, limits=UNBOUNDED),
    "parse_one_off": lambda text: px.parse_one_off(text, limits=UNBOUNDED),
    "parse_proxy": lambda text: px.parse_proxy(text, limits=UNBOUNDED),
    "parse_recipients": lambda text: px.parse_recipients(text, limits=UNBOUNDED),
    "parse_proxies": lambda text: px.parse_proxies(text, limits=UNBOUNDED),
    "parse_proxies of strings": lambda text: px.parse_proxies(text.split(";"), limits=UNBOUNDED),
    "AddressSpace.parse": lambda text: px.AddressSpace.parse(text, limits=UNBOUNDED),
    "AddressSpace.parse 2007": lambda text: px.AddressSpace.parse(text, dialect="exchange2007", limits=UNBOUNDED),
    "X400Address.parse": lambda text: px.X400Address.parse(text, limits=UNBOUNDED),
    "X400Address.parse rfc1685": lambda text: px.X400Address.parse(text, "rfc1685", limits=UNBOUNDED),
    "X400Address.parse rfc2156": lambda text: px.X400Address.parse(text, "rfc2156", limits=UNBOUNDED),
    "X500Address.parse": px.X500Address.parse,
    "decapsulate": lambda text: px.decapsulate(text, tolerant=True, limits=UNBOUNDED),
    "diagnose": px.diagnose,
    "diagnose of a list": lambda text: px.diagnose(f"Delivery has failed to these recipients or groups:\n{text}"),
    "from_printable_string": px.x400.from_printable_string,
    "to_printable_string": px.x400.to_printable_string,
    "from_domain_form": px.mixer.from_domain_form,
    "from_gateway_form": px.mixer.from_gateway_form,
    "from_gwart": lambda text: px.RoutingTable.from_gwart(text, limits=UNBOUNDED),
    "from_bytes": lambda text: px.OneOffEntryId.from_bytes(
        bytes.fromhex("00000000812b1fa4bea310199d6e00dd010f540200000180") + text.encode("utf-16-le"), limits=UNBOUNDED
    ),
    **{
        f"validate {kind}": _validated(kind) for kind in ("SMTP", "X400", "EX", "MS", "PCM", "CCMAIL", "SNADS", "NOTES")
    },
    "str": lambda text: str(px.OneOffAddress("SMTP", text, text)),
    "equality": lambda text: hash(px.OneOffAddress("SMTP", text)),
    "route": _table("table"),
    "match": _table("matcher"),
    "audit": lambda text: px.audit([dict.fromkeys(_AUDITED, text) | {"proxyAddresses": [text, f"smtp:{text}"]}]),
    "resolve": lambda text: px.InternetMailService(site_domain="a.b").resolve(px.OneOffAddress("SMTP", text)),
}
"""Public calls by name, without limits: a limit would hide what they cost."""


def text(beginning: str, piece: str, length: int) -> str:
    """Return a text of about this many characters."""
    return beginning + piece * (length // len(piece))
