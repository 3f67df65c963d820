"""Optional packages: loaded on first use, and where one is missing an error that names the extra to install."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from proxyaddr.errors import ConfigurationError

__all__ = ["import_extra"]


def import_extra(module: str, extra: str) -> ModuleType:
    """Return a module of an optional package; ConfigurationError naming the extra where it is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != package:
            raise  # the package is there and lacks something itself
        message = f'this needs {package}, which is not installed: pip install "proxyaddr[{extra}]"'
        raise ConfigurationError("missing-extra", message, extra) from error
