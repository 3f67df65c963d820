"""Parse, route, resolve, decapsulate, normalize and validate whole columns of addresses, with the answers for each.

A column is any object with the Arrow C data interface that holds text (string, large string, string view or
dictionary-encoded), or an iterable of str or None. Each function returns a `pyarrow.Table` with one row per input row.
A null address gives nulls. An address that does not parse has its error code in `error` and null in the other columns,
and does not affect other rows. `route` does not parse, as a routing table does not: an address that no address space
takes has the index -1.

The functions need pyarrow: without it they raise a ConfigurationError that names the extra `arrow`. This module can be
imported without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from proxyaddr._optional import import_extra
from proxyaddr.columns.error_codes import NOT_UTF8
from proxyaddr.routing.answers import is_certain
from proxyaddr.routing.table import RoutingTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from proxyaddr.auditing.context import AuditContext
    from proxyaddr.columns._routes import RouteKinds
    from proxyaddr.columns._unknown_routes import UnknownRoutes
    from proxyaddr.delivery.connector import InternetMailService
    from proxyaddr.delivery.site import Site
    from proxyaddr.directory.directory import Directory
    from proxyaddr.matcher import Matcher

__all__ = ["NOT_UTF8", "Router", "decapsulate", "normalize", "parse", "resolve", "route", "validate"]


def parse(column: object) -> pa.Table:
    """Return type, value, is_primary and error of each address, as `proxyaddr.parse` reads it.

    `is_primary` is null for one-off addresses. `error` is the code of the AddressSyntaxError, or `not-utf8` for bytes
    that are not UTF-8. `type` and `error` are dictionary-encoded.

    >>> parse(["SMTP:jane@contoso.com", "smtp:"]).to_pydict()["error"]
    [None, 'empty-value']
    """
    import_extra("pyarrow", "arrow")
    from proxyaddr.columns._forms import ParseColumn  # noqa: PLC0415 - it imports pyarrow, which may be missing

    return ParseColumn().table(column)


def normalize(column: object) -> pa.Table:
    """Return key and error of each address; the key is what a directory compares, `TYPE:value` without case.

    Two keys are equal where the `comparison_key` of the two addresses that `proxyaddr.parse` returns are equal.

    >>> normalize(["Jane@Contoso.com", "smtp:jane@contoso.com"]).to_pydict()["key"]
    ['SMTP:jane@contoso.com', 'SMTP:jane@contoso.com']
    """
    import_extra("pyarrow", "arrow")
    from proxyaddr.columns._forms import NormalizeColumn  # noqa: PLC0415 - as above

    return NormalizeColumn().table(column)


def decapsulate(column: object, *, tolerant: bool = False) -> pa.Table:
    """Return type, value, domain and error of each encapsulated address, as `proxyaddr.decapsulate` reads it."""
    import_extra("pyarrow", "arrow")
    from proxyaddr.columns._forms import DecapsulateColumn  # noqa: PLC0415 - as above

    return DecapsulateColumn(tolerant=tolerant).table(column)


def route(table: RoutingTable | Router, column: object, *, threads: int | None = None) -> pa.Table:
    """Return index, connector, match and cost of the route that takes each address.

    The answers are those of `RoutingTable.explain(address).winner`. Where there is no winner the index is -1 and the
    other columns are null. Of a table with spaces for accepted domains that were not given there is a fifth column,
    `unknown`, as `Explanation.unknown`. A RoutingTable is compiled at each call, a Router only once. `threads` is that
    of `Matcher.match_many`.
    """
    return (table if isinstance(table, Router) else Router(table)).route(column, threads=threads)


def resolve(service_or_site: InternetMailService | Site, column: object | Directory) -> pa.Table:
    """Return what becomes of each address, or of each recipient of a Directory: what `resolve` of the connector says.

    `recipient` is its name, `rule` what decided, `chosen_address` what goes out or is refused, as TYPE:value, and
    `code` that of the report. `envelope_recipient`, `connector` and `address_space` are null where nothing is
    `delivered`. `findings` are the codes of what is odd in the addresses of the recipient, such as `two-primaries`.

    >>> from proxyaddr import InternetMailService
    >>> resolve(InternetMailService(), ["jane@contoso.com", "FAX:555"]).to_pydict()["rule"]
    ['one-off-type', 'no-proxy']
    """
    import_extra("pyarrow", "arrow")
    from proxyaddr.columns.resolving import Resolver  # noqa: PLC0415 - as above

    return Resolver(service_or_site).table(column)


def validate(
    column: object,
    *,
    attribute: str = "proxyAddresses",
    rules: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    context: AuditContext | None = None,
) -> pa.Table:
    """Return rules, severity and error of each value: the rules of audits that it breaks, by what it says itself.

    `attribute` is what the column holds: proxyAddresses, mail, userPrincipalName, targetAddress, mailNickname,
    displayName or givenName. The verdicts are those of `proxyaddr.audit` of an object with that value; rules that
    compare values or objects are for it alone. `rules` is the list of their names in the order of the rules, empty for
    a sound value and null for null; `severity` is the worst of them. `error` is `not-utf8` for bytes that are not
    UTF-8, which are not judged. `rules=`, `ignore=` and `context` are those of `proxyaddr.audit`.
    ConfigurationError for a name of no rule, for rules of which none judges a value of the attribute alone, for another
    attribute, and where domain-not-routable is asked for and the extra `audit` with the top-level domains is not
    installed.

    >>> validate(["jane@contoso.com", "j doe@contoso.com", None], attribute="mail").to_pydict()["rules"]
    [[], ['mail-syntax'], None]
    """
    import_extra("pyarrow", "arrow")
    from proxyaddr.auditing.single_values import ValueJudge  # noqa: PLC0415 - takes its time, and only here
    from proxyaddr.columns.validating import Validator  # noqa: PLC0415 - as above

    return Validator(ValueJudge(attribute, rules=rules, ignore=ignore, context=context)).table(column)


class Router:
    """A routing table compiled for columns. Immutable, picklable, safe between threads."""

    __slots__ = ("_kinds", "_matcher", "_table")

    _kinds: RouteKinds | UnknownRoutes
    _matcher: Matcher | None
    _table: RoutingTable

    def __init__(self, table: RoutingTable) -> None:
        import_extra("pyarrow", "arrow")
        from proxyaddr.columns._routes import RouteKinds  # noqa: PLC0415 - as above
        from proxyaddr.columns._unknown_routes import UnknownRoutes  # noqa: PLC0415 - as above

        matcher = table.compile() if is_certain(table) else None
        kinds = UnknownRoutes(table) if matcher is None else RouteKinds(table, matcher)
        for name, value in (("_table", table), ("_matcher", matcher), ("_kinds", kinds)):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Router is immutable: {name} can't be set")

    def __repr__(self) -> str:
        return f"Router({self._table!r})"

    @property
    def matcher(self) -> Matcher:
        """The compiled table; ConfigurationError where the accepted domains are not given, as for `compile`."""
        return self._table.compile() if self._matcher is None else self._matcher

    def route(self, column: object, *, threads: int | None = None) -> pa.Table:
        """Return index, connector, match and cost of each address; see `route`."""
        return self._kinds.table(column, threads)

    def __reduce__(self) -> tuple[type[Router], tuple[RoutingTable]]:
        return Router, (self._table,)


def __dir__() -> list[str]:
    """Return the public names, for `help` and completion."""
    return __all__
