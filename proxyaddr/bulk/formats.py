"""Which format and compression a file has, by the endings of its name."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

from proxyaddr.errors import ConfigurationError

__all__ = ["ENDINGS", "OUTPUT_FORMATS", "Format", "format_of", "is_named", "named_compression"]


class Format(StrEnum):
    """How rows are written in a file."""

    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    ARROW = "arrow"
    ARROW_STREAM = "arrows"
    JSON_LINES = "jsonl"
    TEXT = "text"


ENDINGS = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".arrow": Format.ARROW,
    ".feather": Format.ARROW,
    ".ipc": Format.ARROW,
    ".arrows": Format.ARROW_STREAM,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".json": Format.JSON_LINES,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
}

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
"""Ending after that of the format to the codec, as pyarrow calls it."""

OUTPUT_FORMATS = tuple(name for name in Format if name is not Format.TEXT)
"""Text holds one column, an output several."""


def named_compression(path: PurePath) -> str | None:
    """Return the codec that the last ending names, None where it names none."""
    return COMPRESSIONS.get(path.suffix.lower())


def is_named(path: PurePath) -> bool:
    """Return whether the name ends in a format that is known."""
    return _ending(path) in ENDINGS


def format_of(path: PurePath, *, output: bool = False) -> Format:
    """Return the format that a name ends in; ConfigurationError where it ends in none, or in one not to be written."""
    known = {ending: name for ending, name in ENDINGS.items() if not output or name in OUTPUT_FORMATS}
    found = known.get(_ending(path))
    if found is None:
        message = (
            f"the name ends in no format that can be {'written' if output else 'read'}: expected "
            f"{', '.join(known)}, then {' or '.join(COMPRESSIONS)} or nothing"
        )
        raise ConfigurationError("unknown-format", message, source=str(path))
    return found


def _ending(path: PurePath) -> str:
    stem = path.with_suffix("") if named_compression(path) else path
    return stem.suffix.lower()
