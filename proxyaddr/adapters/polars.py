"""Addresses in Polars: the expression namespace `proxyaddr`, and the same functions for a Series.

    pl.col("email").proxyaddr.route(table)    # and route_index(table), parse(), normalize(), decapsulate(), validate()
    pl.col("email").proxyaddr.resolve(site)
    route(frame["email"], table)

Importing this module registers the namespace where Polars is installed. Its expressions are elementwise: they run
eagerly, lazily and in the streaming engine. The matcher reads text in the memory of Polars, without a copy, and each
value of a Categorical or Enum only once. A plan with an expression can be pickled; unpickling compiles its table again.
"""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from proxyaddr._optional import import_extra
from proxyaddr.adapters import _functions

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from proxyaddr.adapters._functions import ArrowFunction
    from proxyaddr.auditing.context import AuditContext
    from proxyaddr.columns import Router
    from proxyaddr.delivery.connector import InternetMailService
    from proxyaddr.delivery.site import Site
    from proxyaddr.routing.table import RoutingTable

__all__ = ["AddressExpressions", "decapsulate", "normalize", "parse", "resolve", "route", "route_index", "validate"]


def route(column: pl.Series, table: RoutingTable | Router) -> pl.Series:
    """Return index, connector, match and cost of the route of each address, as structs; the index is -1 for none."""
    return _series(_functions.route(table), column)


def route_index(column: pl.Series, table: RoutingTable | Router) -> pl.Series:
    """Return the index of the route of each address, -1 for none; faster than `route`."""
    return _series(_functions.route_index(table), column)


def parse(column: pl.Series) -> pl.Series:
    """Return type, value, is_primary and error of each address, as structs."""
    return _series(_functions.parse(), column)


def normalize(column: pl.Series) -> pl.Series:
    """Return the comparison key, `TYPE:value` without case, and the error of each address, as structs."""
    return _series(_functions.normalize(), column)


def decapsulate(column: pl.Series, *, tolerant: bool = False) -> pl.Series:
    """Return type, value, domain and error of each encapsulated address, as structs."""
    return _series(_functions.decapsulate(tolerant=tolerant), column)


def resolve(column: pl.Series, service_or_site: InternetMailService | Site) -> pl.Series:
    """Return what becomes of each address, as structs; see `proxyaddr.columns.resolve`."""
    return _series(_functions.resolve(service_or_site), column)


def validate(
    column: pl.Series,
    *,
    attribute: str = "proxyAddresses",
    rules: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    context: AuditContext | None = None,
) -> pl.Series:
    """Return rules, severity and error of each value of an attribute, as structs; see `proxyaddr.columns.validate`."""
    return _series(_functions.validate(attribute=attribute, rules=rules, ignore=ignore, context=context), column)


class AddressExpressions:
    """The expressions of the namespace, `pl.col("email").proxyaddr`."""

    def __init__(self, expression: pl.Expr) -> None:
        self._expression = expression

    def route(self, table: RoutingTable | Router) -> pl.Expr:
        """Return index, connector, match and cost of the route of each address, as structs; index -1 for none."""
        return self._elementwise(_functions.route(table))

    def route_index(self, table: RoutingTable | Router) -> pl.Expr:
        """Return the index of the route of each address, -1 for none; faster than `route`."""
        return self._elementwise(_functions.route_index(table))

    def parse(self) -> pl.Expr:
        """Return type, value, is_primary and error of each address, as structs."""
        return self._elementwise(_functions.parse())

    def normalize(self) -> pl.Expr:
        """Return the comparison key, `TYPE:value` without case, and the error of each address, as structs."""
        return self._elementwise(_functions.normalize())

    def decapsulate(self, *, tolerant: bool = False) -> pl.Expr:
        """Return type, value, domain and error of each encapsulated address, as structs."""
        return self._elementwise(_functions.decapsulate(tolerant=tolerant))

    def resolve(self, service_or_site: InternetMailService | Site) -> pl.Expr:
        """Return what becomes of each address, as structs; see `proxyaddr.columns.resolve`."""
        return self._elementwise(_functions.resolve(service_or_site))

    def validate(
        self,
        *,
        attribute: str = "proxyAddresses",
        rules: Iterable[str] | None = None,
        ignore: Iterable[str] = (),
        context: AuditContext | None = None,
    ) -> pl.Expr:
        """Return rules, severity and error of each value of an attribute, as structs."""
        return self._elementwise(_functions.validate(attribute=attribute, rules=rules, ignore=ignore, context=context))

    def _elementwise(self, function: ArrowFunction) -> pl.Expr:
        polars = import_extra("polars", "polars")
        kind = _series(function, polars.Series([], dtype=polars.String)).dtype
        return self._expression.map_batches(partial(_series, function), return_dtype=kind, is_elementwise=True)


def _series(function: ArrowFunction, column: pl.Series) -> pl.Series:
    """Return the results for a Series under its name; ConfigurationError where Polars is not installed."""
    polars = import_extra("polars", "polars")
    found: pl.Series = polars.Series(column.name, function(column))
    return found


if find_spec("polars"):
    import_extra("polars", "polars").api.register_expr_namespace("proxyaddr")(AddressExpressions)
