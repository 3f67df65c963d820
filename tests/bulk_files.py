"""Reads files through the readers of bulk work, as `route` and `parse` do before they answer a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from proxyaddr.bulk.files import find_inputs
from proxyaddr.bulk.readers.opening import open_inputs, read

__all__ = ["Found", "read_files"]


class Found(NamedTuple):
    """All rows of some files; the code of each, None for good rows; and the number of escaped cells."""

    rows: list[dict[str, Any]]
    codes: list[str | None]
    escaped: int

    def column(self, name: str) -> list[Any]:
        """Return the values of a column."""
        return [row[name] for row in self.rows]

    def addresses(self) -> list[tuple[Any, str | None]]:
        """Return each address with its code."""
        return list(zip(self.column("email"), self.codes, strict=True))


def read_files(*paths: Path | str, column: str | None = "email", encoding: str | None = None) -> Found:
    """Read files whose names end in their formats."""
    rows: list[dict[str, Any]] = []
    codes: list[str | None] = []
    escaped = 0
    with open_inputs(find_inputs(map(str, paths)), column, encoding) as opened:
        for _, batch in read(opened):
            assert batch.first_row == (len(rows) + 1 if len(paths) == 1 else batch.first_row)
            codes += [batch.codes.get(row) for row in range(batch.rows.num_rows)]
            rows += batch.rows.to_pylist()
            escaped += batch.escaped
    return Found(rows, codes, escaped)
