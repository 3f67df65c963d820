"""Addresses in Polars: the expression namespace `proxyaddr`, and the same as functions of a Series.

    pl.col("email").proxyaddr.route(table)    # and route_index(table), parse(), normalize(), decapsulate()
    route(frame["email"], table)

Importing this module registers the namespace. Its expressions are elementwise: they run eagerly, lazily and in the
streaming engine. Text goes to the matcher where Polars holds it, without a copy, and of a Categorical or Enum each
value is looked at once. A plan that holds an expression can be pickled; its table is compiled again where it is read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from proxyaddr._optional import import_extra
from proxyaddr.adapters import _answers

if TYPE_CHECKING:
    import polars as pl

    from proxyaddr.adapters._answers import Answer
    from proxyaddr.columns import Router
    from proxyaddr.routing.table import RoutingTable
else:
    pl = import_extra("polars", "polars")

__all__ = ["AddressExpressions", "decapsulate", "normalize", "parse", "route", "route_index"]


def route(column: pl.Series, table: RoutingTable | Router) -> pl.Series:
    """Return index, connector, match and cost of the route of each address, as structs; the index is -1 for none."""
    return _series(_answers.route(table), column)


def route_index(column: pl.Series, table: RoutingTable | Router) -> pl.Series:
    """Return the index of the route of each address, -1 for none; the fastest."""
    return _series(_answers.route_index(table), column)


def parse(column: pl.Series) -> pl.Series:
    """Return type, value, is_primary and error of each address, as structs."""
    return _series(_answers.parse(), column)


def normalize(column: pl.Series) -> pl.Series:
    """Return the key by which addresses compare, `TYPE:value`, and the error of each, as structs."""
    return _series(_answers.normalize(), column)


def decapsulate(column: pl.Series, *, tolerant: bool = False) -> pl.Series:
    """Return type, value, domain and error of each encapsulated address, as structs."""
    return _series(_answers.decapsulate(tolerant=tolerant), column)


@pl.api.register_expr_namespace("proxyaddr")
class AddressExpressions:
    """What `pl.col("email").proxyaddr` offers."""

    def __init__(self, expression: pl.Expr) -> None:
        self._expression = expression

    def route(self, table: RoutingTable | Router) -> pl.Expr:
        """Give index, connector, match and cost of the route of each address, as structs; the index is -1 for none."""
        return self._elementwise(_answers.route(table))

    def route_index(self, table: RoutingTable | Router) -> pl.Expr:
        """Give the index of the route of each address, -1 for none; the fastest."""
        return self._elementwise(_answers.route_index(table))

    def parse(self) -> pl.Expr:
        """Give type, value, is_primary and error of each address, as structs."""
        return self._elementwise(_answers.parse())

    def normalize(self) -> pl.Expr:
        """Give the key by which addresses compare, `TYPE:value`, and the error of each, as structs."""
        return self._elementwise(_answers.normalize())

    def decapsulate(self, *, tolerant: bool = False) -> pl.Expr:
        """Give type, value, domain and error of each encapsulated address, as structs."""
        return self._elementwise(_answers.decapsulate(tolerant=tolerant))

    def _elementwise(self, answer: Answer) -> pl.Expr:
        kind = _series(answer, pl.Series([], dtype=pl.String)).dtype
        return self._expression.map_batches(partial(_series, answer), return_dtype=kind, is_elementwise=True)


def _series(answer: Answer, column: pl.Series) -> pl.Series:
    return pl.Series(column.name, answer(column))
