"""The compiled matcher: millions of addresses to indices of routes, the same answers as the table's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import ConfigurationError, quantity
from proxyaddr.matcher.arrow import Engine, IndexColumn, match_column
from proxyaddr.matcher.engines import ENGINES, chosen_engine, make_engine
from proxyaddr.matcher.plan import Plan

__all__ = ["ENGINES", "Matcher", "Plan", "engine"]

if TYPE_CHECKING:
    engine: str
    """Which engine matchers use unless they name one: what PROXYADDR_ENGINE says, else the fastest installed."""
else:

    def __getattr__(name: str) -> str:
        if name == "engine":
            return chosen_engine()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names: completion shows no others."""
    return sorted(__all__)


class Matcher:
    """Gives the index of the route that takes an address, -1 for none. Immutable, picklable, safe between threads."""

    __slots__ = ("_engine", "_plan", "_wanted", "match")

    _engine: Engine
    _plan: Plan | Callable[[str | TypedAddress], int]
    _wanted: str | None
    match: Callable[[str | TypedAddress], int]
    """Returns the index into the table's routes, -1 where none takes the address.

    The answer is that of `RoutingTable.route` for a message of which nothing is known. It is the engine's own function:
    a method that called it would add a tenth to the time of an address.
    """

    def __init__(self, plan: Plan | Callable[[str | TypedAddress], int], engine: str | None = None) -> None:
        """Compile a plan for an engine, `native` or `python`; None takes that of `proxyaddr.matcher.engine`.

        A function in place of the plan is called for each address.
        """
        made = make_engine(plan, engine)
        for name, value in (("_plan", plan), ("_wanted", engine), ("_engine", made), ("match", made.match)):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Matcher is immutable: {name} can't be set")

    def __repr__(self) -> str:
        name = self._wanted or chosen_engine()
        if isinstance(self._plan, Plan):
            return f"Matcher({quantity(len(self._plan.patterns), 'route')}, {name})"
        return f"Matcher({name})"

    def match_many(self, column: object, *, threads: int | None = None) -> IndexColumn:
        """Return the indices for a column of addresses, int32, one per row; null gives -1.

        `column` is anything with the Arrow C data interface that holds text (string, large string, string view, or
        dictionary-encoded: each distinct value is matched once), or an iterable of str, UTF-8 bytes or None. `threads`
        is how many work at once in the native engine; None takes one below 200,000 rows, and for each further 100,000
        one more up to the number of cores. TypeError for other columns.
        """
        if threads is not None and threads < 1:
            raise ConfigurationError("bad-threads", f"threads is 1 or more, not {threads}", "threads")
        return match_column(self._engine, column, threads)

    @property
    def size(self) -> int | None:
        """How many bytes the native engine's tables hold; None for the Python engine."""
        return self._engine.size

    def __reduce__(self) -> tuple[type[Matcher], tuple[object, str | None]]:
        return Matcher, (self._plan, self._wanted)
