"""The public parsers of addresses: one address, a To line, a list of proxy addresses."""

from __future__ import annotations

from collections.abc import Iterable

from proxyaddr.addresses.common_forms import common_address, common_one_off
from proxyaddr.addresses.lists import ParsedList, ProxyList
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress
from proxyaddr.errors import check_text
from proxyaddr.limits import DEFAULT_LIMITS, Limits

# The readers are imported where they are called: lark and the patterns of rare forms would be most of a short start.

__all__ = ["parse", "parse_one_off", "parse_proxies", "parse_proxy", "parse_recipients"]


def parse(text: str, *, type: str | None = None, limits: Limits = DEFAULT_LIMITS) -> OneOffAddress | ProxyAddress:
    """Parse one address in whichever form it is written: `[TYPE:value]`, an RFC 822 form, or `TYPE:value`.

    address: PREFIX REST? | one_off

    A leading type makes it a proxy address: a colon ends a type unless a blank, a quote or an `@` comes first.
    Without a type, a legacy DN is EX and an O/R address X400. `type` says what any other value without one is: a type,
    or the name of an attribute such as `legacyExchangeDN`. A type that the text names goes before it.
    Raises AddressSyntaxError.

    >>> parse("smtp:user@contoso.com").is_primary
    False
    >>> parse("/o=Contoso/ou=First/cn=Recipients/cn=jane").type
    'EX'
    >>> str(parse("Jane Doe/Sales@Contoso", type="notes"))
    '[NOTES:Jane Doe/Sales@Contoso]'
    """
    limits.check_address(text)
    if type is not None:
        from proxyaddr.addresses.given_types import read_as  # noqa: PLC0415 - as above

        check_text(type, "type")
        return read_as(text, type)
    common = common_address(text)
    if common is not None:
        return common
    from proxyaddr.addresses.one_off import read_address  # noqa: PLC0415 - as above

    return read_address(text)


def parse_one_off(text: str, *, limits: Limits = DEFAULT_LIMITS) -> OneOffAddress:
    r"""Parse one address given in full (Q89410, Q105126, Q184957).

    one_off: NAME? "[" TYPE ":" VALUE "]" | internet

    In brackets `\\` is a backslash and `\xHH` a byte, any other backslash stays. Brackets may be left out for
    SMTP only, and for values that show their type: a legacy DN and an O/R address. Also read are the forms of Outlook,
    `Name [user@domain]`, `Name (user@domain)` and `user@domain<mailto:user@domain>`, nested comments, folded lines and
    encoded words; what surrounded an address is in its `reading`. Raises AddressSyntaxError.

    >>> str(parse_one_off("Paul[smtp:paul@contoso.com]"))
    'Paul [SMTP:paul@contoso.com]'
    """
    limits.check_address(text)
    common = common_one_off(text)
    if common is not None:
        return common
    from proxyaddr.addresses.one_off import read_one_off  # noqa: PLC0415 - as above

    return read_one_off(text)


def parse_recipients(text: str, *, limits: Limits = DEFAULT_LIMITS) -> ParsedList[OneOffAddress]:
    """Parse a To line: one-off addresses between `;`, `,`, tabs or line ends; bad ones are listed in `.errors`.

    recipients: settled (addressed | unaddressed)?

    Separators in brackets, quotes, angle brackets and comments are data (Q185058). A comma separates only behind an
    address, so that `Last, First <user@domain>` is one recipient; a blank separates bare addresses. The names of
    headers and groups are skipped. A bad item never raises an error; a list beyond its `limits` raises
    AddressSyntaxError.

    >>> parse_recipients("To: Doe, Jane <jane@contoso.com>; Roe, Joe <joe@contoso.com>")[0].display_name
    'Doe, Jane'
    """
    from proxyaddr.addresses.recipients import read_recipients  # noqa: PLC0415 - as above

    limits.check_list(text)
    return read_recipients(text, limits)


def parse_proxy(text: str, *, limits: Limits = DEFAULT_LIMITS) -> ProxyAddress:
    """Parse one proxy address; the type ends at the first colon and its case tells primary from secondary.

    proxy_address: PREFIX value | value

    Without a type it is a secondary SMTP address. A value that goes on as a list of addresses does has the finding
    `joined-values`. Raises AddressSyntaxError.

    >>> parse_proxy("X400:c=US;a= ;p=Org;").type
    'X400'
    """
    limits.check_address(text)
    from proxyaddr.addresses.proxy_list import proxy_of, read_item  # noqa: PLC0415 - as above

    return proxy_of(read_item(text, limits), text)


def parse_proxies(
    text_or_strings: str | Iterable[str], *, separator: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> ProxyList:
    """Parse a list of proxy addresses: text in any export form, or an iterable with one address a string.

    proxy_list: item (SEPARATOR item)*

    Text is split at `;`, `,`, line ends and at blanks before a known type; at `%` where the list uses it before a type
    (Q155594), at `|` where every piece is typed, at `separator` alone where one is given (Q190706); labels and braces
    around a list are left out, and so are quotes around an item. A value of X400, EX, X500, CCMAIL, NOTES, FAX, MHS or
    an unknown type ends only before separators that a type follows. A bad item never raises an error: `.errors` lists
    those, `.findings` the rules that good items break; what was found in reading an item is in its `reading`.

    A list beyond its `limits` raises AddressSyntaxError, an impossible `separator` ConfigurationError.
    """
    from proxyaddr.addresses.proxy_list import collect, read_items, read_strings  # noqa: PLC0415 - as above

    if separator is not None:
        from proxyaddr.addresses.list_text import check_separator  # noqa: PLC0415 - as above

        check_separator(separator)
    if isinstance(text_or_strings, str):
        return collect(read_items(text_or_strings, limits, separator), text_or_strings)
    if isinstance(text_or_strings, bytes | bytearray) or not isinstance(text_or_strings, Iterable):
        kind = type(text_or_strings).__name__
        raise TypeError(f"text_or_strings must be text or an iterable of texts, not {kind}")
    return collect(read_strings(text_or_strings, limits))
