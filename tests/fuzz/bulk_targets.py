"""The fuzz targets of columns of addresses and of bulk files.

Columns are held against the scalar functions, the fast path of each reader against its slow path.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pyarrow as pa
from pyarrow import ipc

import proxyaddr as px
from proxyaddr import columns
from proxyaddr.bulk.files import Format
from proxyaddr.bulk.job import Job, run
from proxyaddr.bulk.lists import Lists
from proxyaddr.bulk.parse_command import Parse
from proxyaddr.bulk.readers import csv as csv_reading
from proxyaddr.bulk.readers import json as json_reading
from proxyaddr.bulk.writers import Output
from tests.fuzz.targets import TARGETS, bad_input, scratch

__all__ = ["TARGETS"]

COLUMN = "email"


def address_columns(data: bytes) -> None:
    """A column of addresses; each row is answered as its text alone."""
    lines = data.split(b"\n")[:50]
    rows = pa.array([line or None for line in lines], pa.binary())
    column = pa.Array.from_buffers(pa.string(), len(rows), rows.buffers())  # nobody has checked that it is UTF-8
    for one, found in ((_parsed, columns.parse(column)), (_decapsulated, columns.decapsulate(column))):
        assert [tuple(row.values()) for row in found.to_pylist()] == [_answer(line, one) for line in lines], lines
    columns.normalize(column)


def _parsed(text: str) -> tuple[object, ...]:
    address = px.parse(text)
    return address.type, address.value, address.is_primary if isinstance(address, px.ProxyAddress) else None


def _decapsulated(text: str) -> tuple[object, ...]:
    found = px.decapsulate(text)
    return found.type, found.value, found.domain


def _answer(line: bytes, one: Callable[[str], tuple[object, ...]]) -> tuple[object, ...]:
    try:
        return (*one(line.decode()), None) if line else (None,) * 4
    except UnicodeDecodeError:
        return (None, None, None, columns.NOT_UTF8)
    except px.AddressSyntaxError as error:
        return (None, None, None, error.code)


def files(kind: Format, *, splits: bool = False) -> Callable[[bytes], None]:
    """Return a target that parses files of one format: one output row per input row, or per item of a list."""

    def target(data: bytes) -> None:
        source, out = scratch() / f"in.{kind}", scratch() / "out.jsonl"
        source.write_bytes(data)
        lists = Lists.EVERY_CELL if splits else Lists.WHERE_FOUND
        job = Job([str(source)], COLUMN, Output(out, Format.JSON_LINES), input_format=kind, lists=lists)
        with bad_input():
            summary = run(job, Parse)
            rows = [json.loads(line) for line in out.read_text("utf-8").split("\n")[:-1]]
            assert len(rows) == summary.addresses >= summary.rows
            assert sum(row["error"] is not None for row in rows) == summary.errors.total()
            str(summary)

    target.__doc__ = f"A file of addresses as {kind}."
    return target


def files_csv(data: bytes) -> None:
    """A file of addresses as CSV or TSV; the fast path of the reader and the slow one agree."""
    kind = Format.TSV if data[:1] and data[0] % 2 else Format.CSV  # so that the input chooses
    files(kind, splits=len(data) % 2 == 1)(data)
    for names in ([COLUMN], ["n", COLUMN]):
        for delimiter in ",;":
            _agree(
                csv_reading._read_quickly(data, names, delimiter, len(names) - 1),
                csv_reading._read_strictly(data, names, delimiter, len(names) - 1),
            )


def files_jsonl(data: bytes) -> None:
    """A file of addresses as JSON lines or an array; the fast path of the reader and the slow one agree."""
    files(Format.JSON_LINES)(data)
    schema = pa.schema([(COLUMN, pa.string()), ("n", pa.list_(pa.int64()))])
    _agree(json_reading._read_quickly(data, schema), json_reading._read_line_by_line(data, schema, 0))


def _agree(fast: tuple[Any, ...] | None, slow: tuple[Any, ...]) -> None:
    if fast is not None:
        assert [fast[0].to_pylist(), *fast[1:]] == [slow[0].to_pylist(), *slow[1:]]


def files_arrow(data: bytes) -> None:
    """A file of addresses in Arrow IPC: the input itself, and the input as the buffers of a valid file."""
    files(Format.ARROW)(data)
    for start, size in valid_streams():
        files(Format.ARROW)(start + data[:size].ljust(size, b"\0"))


@cache
def valid_streams() -> list[tuple[bytes, int]]:
    """Return streams of a column of text and of one of lists, without their buffers, and the buffers' size in bytes."""
    found = []
    for column in (pa.array(["abcd"] * 9), pa.array([["ab", "cd"]] * 9, pa.list_(pa.string()))):
        sink = pa.BufferOutputStream()
        batch = pa.record_batch({COLUMN: column})
        with ipc.new_stream(sink, batch.schema) as out:
            out.write_batch(batch)
            size = sum(-(-buffer.size // 8) * 8 for buffer in column.buffers() if buffer is not None)
        whole = sink.getvalue().to_pybytes().removesuffix(b"\xff\xff\xff\xff\0\0\0\0")
        found.append((whole[:-size], size))
    return found


TARGETS |= {
    "address_columns": address_columns,
    "files_csv": files_csv,
    "files_jsonl": files_jsonl,
    "files_text": files(Format.TEXT),
    "files_arrow": files_arrow,
    "files_parquet": files(Format.PARQUET),
}
