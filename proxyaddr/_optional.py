"""Packages of the optional extras, imported when they are needed; the error for a missing one names its extra."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from proxyaddr.errors import ConfigurationError

__all__ = ["import_extra"]


def import_extra(module: str, extra: str) -> ModuleType:
    """Return a module of an optional package; where that is not installed, ConfigurationError that names the extra."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != package:
            raise  # the package is installed, but something that it imports is not
        message = f'this needs {package}, which is not installed: pip install "proxyaddr[{extra}]"'
        raise ConfigurationError("missing-extra", message, extra) from error
