"""Routing tables: the files that they are read from and written to, what is odd in them, and how two differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.routing.accepted import as_written
from proxyaddr.routing.chooser import RouteChooser
from proxyaddr.routing.columns import LazyRoutes, read_columns
from proxyaddr.routing.csv import csv_text, read_csv
from proxyaddr.routing.gwart import check_is_no_path, gwart_rows, gwart_text
from proxyaddr.routing.reading import Source, decided, guessed_dialect, read_source, source_of
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import RouteRow, TableRows, routes_of
from proxyaddr.spaces.dialect import Dialect

if TYPE_CHECKING:  # they load when they are asked for
    from proxyaddr.routing.difference import Move
    from proxyaddr.routing.findings import TableFinding

__all__ = ["RoutingTable"]

_LATER = {
    "read_connectors": "proxyaddr.routing.connectors",
    "read_toml": "proxyaddr.routing.toml",
    "rows_of_table": "proxyaddr.routing.toml",
    "toml_text": "proxyaddr.routing.toml",
    "connectors_json": "proxyaddr.routing.json",
    "powershell_text": "proxyaddr.routing.powershell",
    "findings_of": "proxyaddr.routing.findings",
    "moves": "proxyaddr.routing.difference",
}
"""Functions that load on first use, and the modules that have them.

json, tomllib, the checks of settings and of tables would take 3 % of `proxyaddr resolve`, which mostly needs none.
"""


class RoutingTable(RouteChooser):
    """Routes in the order given, of one dialect, and what is known of their connectors. Immutable.

    `errors` lists the bad rows of the file, text or columns that the table came from; a bad row never hides a good one
    (Q182798). `from_file` is the way to read one from a file of any form, the other readers are for one form each, and
    `from_gwart` for text. Making a table raises ConfigurationError for a route of another dialect.
    """

    __slots__ = ()

    def findings(self) -> tuple[TableFinding, ...]:
        """Return what is odd in the table: spaces that match nothing, are shadowed, repeat or tie, and what is missing.

        What is shadowed is decided from the patterns alone, for messages of which nothing is known.
        """
        found: tuple[TableFinding, ...] = _loaded("findings_of")(
            self._stated.routes, self._dialect, self._connectors, self._conflicts, self._domains or ()
        )
        return found

    def diff(self, other: RouteChooser, addresses: Iterable[str] | None = None) -> tuple[Move, ...]:
        """Return which addresses another table sends elsewhere: one for each space of either table, or of those given.

        For a space the address is one that no longer literal space of the two tables takes.
        """
        found: tuple[Move, ...] = _loaded("moves")(self, other, addresses)
        return found

    def to_gwart(self) -> str:
        """Return the routes as GWART text (Q149121), which has no scope but LOCAL and no states of connectors.

        ConfigurationError for a connector whose name could not be read back.
        """
        return gwart_text(self._written)

    def to_csv(self) -> str:
        """Return the routes as CSV with the states of their connectors; ConfigurationError as for `to_gwart`."""
        return csv_text(self._written, self._connectors)

    def to_toml(self) -> str:
        """Return the routes, the dialect and the states of the connectors as TOML, as from_toml reads it."""
        text: str = _loaded("toml_text")(self._written, self._connectors, self._dialect)
        return text

    def to_json(self) -> str:
        """Return the connectors as Get-SendConnector exports them; ConfigurationError for a table of exchange55."""
        text: str = _loaded("connectors_json")(self._written, self._connectors, self._dialect)
        return text

    def to_powershell(self) -> str:
        """Return the commands of the Exchange Management Shell that make the connectors.

        ConfigurationError for a space that Exchange 2007 and later can't have, or a name that a command can't hold.
        """
        text: str = _loaded("powershell_text")(self._written, self._connectors, self._dialect)
        return text

    @property
    def guessed_dialect(self) -> Dialect:
        """The dialect that is guessed where a file holds these spaces and states none."""
        spaces = ((route.connectors, route.space) for route in self._written)
        return guessed_dialect((0, RouteRow(names, type=space.type, pattern=space.pattern)) for names, space in spaces)

    @property
    def _written(self) -> Iterable[Route]:
        """The routes as a file states them: `SMTP:--` in place of the routes that accepted domains made."""
        return chain(self._stated.routes, map(as_written, self._accepted))

    @classmethod
    def from_gwart(
        cls, text: str, *, dialect: Dialect | str = Dialect.EXCHANGE55, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read the text of a gateway address routing table: `TYPE,pattern;,cost,connector[,connector]` (Q149121).

        ConfigurationError for text that is the name of a file: `from_file` reads one. TypeError for what is no text.
        """
        limits.check_list(text, "a routing table")
        check_is_no_path(text)
        return cls._from_rows(TableRows(gwart_rows(text, limits)), Dialect(dialect), None, limits)

    @classmethod
    def from_csv(
        cls, path: str | Path, *, dialect: Dialect | str = Dialect.EXCHANGE55, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read a CSV file with the columns type, pattern, cost, connector and optionally scope, in any order.

        One column `space`, as AddressSpace.parse reads it, may replace type, pattern and cost. Several connectors of
        one route are separated by `|`. Further columns, named as the settings in TOML are, say what is known of the
        first of them. ConfigurationError for a file that can't be read or lacks columns.
        """
        return cls._from_rows(read_csv(path, limits), Dialect(dialect), path, limits)

    @classmethod
    def from_connectors(
        cls,
        path: str | Path,
        *,
        dialect: Dialect | str = Dialect.EXCHANGE2007,
        accepted_domains: Iterable[str] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> RoutingTable:
        """Read an export of send, foreign, delivery agent or outbound connectors: JSON, CSV, CLIXML, Format-List.

        Their properties are Name, AddressSpaces or RecipientDomains and AllAcceptedDomains, Enabled and MaxMessageSize;
        AddressSpaces are text, or objects with Type, Address and Cost. `accepted_domains` is as for
        `with_accepted_domains`. The line of an error is that at which its object starts.
        """
        read = cls._from_rows(_loaded("read_connectors")(path, limits), Dialect(dialect), path, limits)
        return read if accepted_domains is None else read.with_accepted_domains(accepted_domains)

    @classmethod
    def from_connectors_json(
        cls, path: str | Path, *, dialect: Dialect | str = Dialect.EXCHANGE2007, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read what `from_connectors` does, under the name that it had when it read JSON alone."""
        return cls.from_connectors(path, dialect=dialect, limits=limits)

    @classmethod
    def from_toml(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> RoutingTable:
        """Read the table `[routing_table]`: `dialect`, `routes` of space and connector, states of `connectors`.

        Where the file names no dialect it is guessed, as for `from_file`. The line of an error is the number of the
        route, from 1. ConfigurationError where there is no such table.
        """
        read = _loaded("read_toml")(path, limits)
        return cls._from_sources([source_of(read, str(path))], None, limits)

    @classmethod
    def from_table(cls, table: object, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> RoutingTable:
        """Make one of the table `[routing_table]` of a TOML file that was parsed, as `from_toml` does."""
        return cls._from_sources([source_of(_loaded("rows_of_table")(table, str(path)), str(path))], None, limits)

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        *more: str | Path,
        dialect: Dialect | str | None = None,
        accepted_domains: Iterable[str] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> RoutingTable:
        """Read a table from a file of any form, or from several that are joined; the content says which form it is.

        They are TOML, CSV, GWART text, and exports of connectors as JSON, CSV, Format-List text or CLIXML. `dialect`
        counts where no file states its own; without it the dialect is guessed from the spaces, and `notices` says so.
        `accepted_domains` is as for `with_accepted_domains`. ConfigurationError for a file that can't be read or is
        none of these, and where the dialects differ.
        """
        sources = [read_source(each, limits) for each in (path, *more)]
        read = cls._from_sources(sources, None if dialect is None else Dialect(dialect), limits)
        return read if accepted_domains is None else read.with_accepted_domains(accepted_domains)

    @classmethod
    def from_columns(
        cls,
        type: object,
        pattern: object,
        cost: object,
        connector: object,
        *,
        dialect: Dialect | str = Dialect.EXCHANGE55,
    ) -> RoutingTable:
        """Make a table of four columns of one length, Arrow arrays or sequences, with one row per route.

        A null type is SMTP, a null pattern blank, a null cost 1. The line of an error is the number of the row, from 1.
        ConfigurationError where the columns differ in length, TypeError for what is not a column.
        """
        decides = Dialect(dialect)
        columns, errors = read_columns(type, pattern, cost, connector, decides)
        return cls._of(LazyRoutes(columns, decides), (), errors)

    @classmethod
    def _from_rows(cls, read: TableRows, dialect: Dialect, path: str | Path | None, limits: Limits) -> RoutingTable:
        """Make a table of the rows of a file; a dialect that the file names comes before the given one."""
        decides = dialect if read.dialect is None else Dialect(read.dialect)
        made = routes_of(read.rows, decides, None if path is None else str(path), limits)
        return cls._of(LazyRoutes(tuple(made.routes), decides), read.connectors, made.errors, made.accepted)

    @classmethod
    def _from_sources(cls, sources: Sequence[Source], dialect: Dialect | None, limits: Limits) -> RoutingTable:
        """Make a table of what files say; its dialect is theirs, the given one or a guess."""
        decides, notices = decided(sources, dialect)
        made = [routes_of(source.rows, decides, source.path, limits) for source in sources]
        routes, accepted, errors = (tuple(chain.from_iterable(part)) for part in zip(*made, strict=True))
        connectors = chain.from_iterable(source.connectors for source in sources)
        return cls._of(LazyRoutes(routes, decides), connectors, errors, accepted, notices)


def _loaded(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(_LATER[name]), name)
    return found
