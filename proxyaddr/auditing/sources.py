"""Opens what an audit is of: in columns where pyarrow is installed and each row is an object, else as objects."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from proxyaddr.auditing.reading import read_audited
from proxyaddr.auditing.survey import Source
from proxyaddr.directory.directory import Directory
from proxyaddr.limits import Limits

__all__ = ["files_of", "opened"]


def opened(directory: object, limits: Limits) -> Source:
    """Return the objects of a directory, of files, of mappings or of a table.

    ConfigurationError and TypeError as for `read_audited`.
    """
    given = _origin(directory)
    is_table = hasattr(given, "__arrow_c_stream__") or hasattr(given, "__arrow_c_array__")
    files = files_of(directory)
    if not (is_table or files) or find_spec("pyarrow") is None:
        return read_audited(directory, limits)
    from proxyaddr.auditing import column_files  # noqa: PLC0415 - pyarrow takes its time, and may be missing

    if is_table:
        return column_files.columns_of_table(given, limits)
    found = column_files.columns_of_files(files, limits)
    return read_audited(directory, limits) if found is None else found


def files_of(directory: object) -> list[Path]:
    """Return the files that are audited, none where something else is."""
    given = _origin(directory)
    paths = list(given) if isinstance(given, list | tuple) else [given]
    files = [Path(path) for path in paths if isinstance(path, str | Path)]
    return files if len(files) == len(paths) else []


def _origin(directory: object) -> object:
    return directory.origin if isinstance(directory, Directory) and directory.origin is not None else directory
