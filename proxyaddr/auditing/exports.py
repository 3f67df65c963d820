"""The objects of a file or of what Python holds, with every property: those that make no recipient are audited too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from proxyaddr._files.objects import Exported, Form, objects_in_text
from proxyaddr._files.text import decoded, limited_rows, read_bytes
from proxyaddr._optional import import_extra
from proxyaddr.auditing.unexported import without_unexported
from proxyaddr.directory.files import ARROW_MARKS
from proxyaddr.errors import RowError, check_type
from proxyaddr.limits import Limits

__all__ = ["exported_file", "exported_records"]


def exported_file(path: str | Path, limits: Limits) -> tuple[Form | None, Iterator[Exported | RowError]]:
    """Return the form of a file, None for Arrow data, and its objects; those whose addresses are not in it are errors.

    ConfigurationError for a file that can't be read, or has no form.
    """
    data = read_bytes(path, limits)
    if data.startswith(ARROW_MARKS):
        import_extra("pyarrow", "arrow")
        from proxyaddr.directory import arrow  # noqa: PLC0415 - it imports pyarrow, which may be missing

        return None, arrow.open_file(data, str(path)).objects(_is_any, limits)
    found = objects_in_text(decoded(data), str(path), limits)
    return found.form, without_unexported(found.objects, str(path))


def exported_records(records: object, limits: Limits) -> Iterator[Exported]:
    """Yield the objects of mappings, or of a table with the Arrow C data interface; TypeError for anything else."""
    if hasattr(records, "__arrow_c_stream__") or hasattr(records, "__arrow_c_array__"):
        import_extra("pyarrow", "arrow")
        from proxyaddr.directory import arrow  # noqa: PLC0415 - as above

        yield from arrow.open_table(records).objects(_is_any, limits)
        return
    if isinstance(records, bytes | Mapping) or not isinstance(records, Iterable):
        raise TypeError(f"records must be an iterable of mappings or a table, not {type(records).__name__}")
    for (number, _), record in zip(enumerate(limited_rows(None, limits), 1), records, strict=False):
        check_type(record, Mapping, "a record", "a mapping")
        yield Exported(number, {str(name): value for name, value in record.items()})


def _is_any(name: str) -> bool:
    return bool(name)
