"""Which engine matches: the one asked for, else the one that PROXYADDR_ENGINE names, else the fastest installed."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from proxyaddr.errors import ConfigurationError
from proxyaddr.matcher.arrow import Engine
from proxyaddr.matcher.plan import Plan

__all__ = ["ENGINES", "chosen_engine", "is_installed", "make_engine", "native_module"]

ENGINES = {
    "native": ("proxyaddr.matcher.native", "NativeEngine"),
    "python": ("proxyaddr.matcher.python", "PythonEngine"),
}
"""Engine to its module and class, the fastest first; both give the same answers. They load on first use."""

CALLING = ("proxyaddr.matcher.python", "CallingEngine")
KERNEL = "proxyaddr.matcher._native"


def is_installed(name: str) -> bool:
    """Return whether an engine can be used: the native one needs a C compiler at installation."""
    return name != "native" or find_spec(KERNEL) is not None


def chosen_engine(wanted: str | None = None) -> str:
    """Return the name of the engine to use; ConfigurationError for an unknown name, ImportError where it is missing."""
    source, name = ("engine", wanted) if wanted else ("PROXYADDR_ENGINE", os.environ.get("PROXYADDR_ENGINE", ""))
    if not name:
        return next(filter(is_installed, ENGINES))
    if name not in ENGINES:
        raise ConfigurationError("no-such-engine", f"{source} is {' or '.join(ENGINES)}, not {name!r}", source)
    if not is_installed(name):
        raise ModuleNotFoundError(f"{source} is {name!r}, which is not installed", name=KERNEL)
    return name


def make_engine(plan: object, wanted: str | None) -> Engine:
    """Return the engine to use, compiled from a plan, or around a function that is called for each address."""
    chosen = ENGINES[chosen_engine(wanted)]
    module, name = chosen if isinstance(plan, Plan) else CALLING
    made: Engine = getattr(import_module(module), name)(plan)
    return made


def native_module() -> ModuleType | None:
    """Return the binding of the kernel where the native engine is the one to use, else None."""
    return import_module(KERNEL) if chosen_engine() == "native" else None
