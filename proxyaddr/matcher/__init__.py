"""The compiled matcher: millions of addresses to indices of routes, the same answers as the table's."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

from proxyaddr.errors import ConfigurationError
from proxyaddr.matcher.plan import Plan

if TYPE_CHECKING:
    from proxyaddr.addresses.values import TypedAddress
    from proxyaddr.matcher.arrow import IndexColumn

__all__ = ["ENGINES", "Matcher", "Plan", "engine"]

ENGINES = {
    "native": ("proxyaddr.matcher._native", "NativeEngine"),
    "python": ("proxyaddr.matcher.python", "PythonEngine"),
}
"""Engine to its module and class, the fastest first; both give the same answers."""

_ASKING = ("proxyaddr.matcher.python", "AskingEngine")


def _chosen_engine() -> str:
    """Return the engine that PROXYADDR_ENGINE names, else the fastest that is installed."""
    wanted = os.environ.get("PROXYADDR_ENGINE", "")
    if wanted and wanted not in ENGINES:
        message = f"PROXYADDR_ENGINE is {' or '.join(ENGINES)}, not {wanted!r}"
        raise ConfigurationError("no-such-engine", message, "PROXYADDR_ENGINE")
    name = wanted or next(name for name, (module, _) in ENGINES.items() if find_spec(module) is not None)
    import_module(ENGINES[name][0])  # one that is asked for by name and missing is an error
    return name


engine = _chosen_engine()
"""Which engine matchers use."""


def native_module() -> ModuleType | None:
    """Return the module of the native engine where that is the engine in use."""
    return import_module(ENGINES["native"][0]) if engine == "native" else None


class Matcher:
    """Gives the index of the route that takes an address, -1 for none. Immutable, picklable, safe between threads."""

    __slots__ = ("_engine", "_plan", "match")

    match: Callable[[str | TypedAddress], int]
    """Returns the index into the table's routes, -1 where none takes the address.

    The answer is that of `RoutingTable.route` for a message of which nothing is known. It is the engine's own function:
    a method that called it would add a tenth to the time of an address.
    """

    def __init__(self, plan: Plan | Callable[[str | TypedAddress], int]) -> None:
        """Compile a plan; a function in its place is asked for each address."""
        self._plan = plan
        module, name = ENGINES[engine] if isinstance(plan, Plan) else _ASKING
        self._engine = getattr(import_module(module), name)(plan)
        self.match = self._engine.match

    def match_many(self, column: object, *, threads: int | None = None) -> IndexColumn:
        """Return the indices for a column of addresses, int32, one a row; null gives -1.

        `column` is anything with the Arrow C data interface that holds text (string, large string, string view, or
        dictionary-encoded: each distinct value is matched once), or an iterable of str, UTF-8 bytes or None. `threads`
        is how many work at once in the native engine; None takes one below 200,000 rows, and for each further 100,000
        one more up to the number of cores. TypeError for other columns.
        """
        if threads is not None and threads < 1:
            raise ConfigurationError("bad-threads", f"threads is 1 or more, not {threads}", "threads")
        from proxyaddr.matcher.columns import match_column  # noqa: PLC0415 - ctypes, for columns alone

        return match_column(self._engine, column, threads)

    @property
    def size(self) -> int | None:
        """Octets that the native engine's tables hold; None for the Python engine."""
        found: int | None = getattr(self._engine, "size", None)
        return found

    def __reduce__(self) -> tuple[type[Matcher], tuple[object]]:
        return Matcher, (self._plan,)
