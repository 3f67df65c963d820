"""Resolves a whole directory: a row for each recipient, with what identifies it and what becomes of its mail."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.bulk.files import Format, Input
from proxyaddr.bulk.job import Job, refuse_same
from proxyaddr.bulk.report import report_to
from proxyaddr.bulk.resolve_command import Resolve
from proxyaddr.bulk.summary import Summary
from proxyaddr.bulk.writers import writer
from proxyaddr.columns.resolving import texts_of
from proxyaddr.directory.directory import Directory
from proxyaddr.directory.reading import IDENTIFYING

__all__ = ["resolve_directory"]

_ROW = "row"


def resolve_directory(directory: Directory, job: Job, command: Resolve) -> Summary:
    """Write a row for each recipient of a directory to the outputs of a job; return the summary.

    The first of the job's inputs is the file of the directory. ConfigurationError for an output that can't be written,
    or would replace a file that is read.
    """
    inputs = [Input(Path(name), Format.TEXT, None, None) for name in job.inputs]
    refuse_same(job, inputs)
    summary = Summary(command)
    known = [pa.field(_ROW, pa.int64()), *(pa.field(name, pa.string()) for name in IDENTIFYING)]
    added = [pa.field(job.prefix + field.name, field.type) for field in command.fields]
    schema = pa.schema([*known, *added])
    with ExitStack() as stack:
        report = None if job.report is None else stack.enter_context(report_to(job.report, job.called, inputs))
        names = [field.name for field in added]
        out = None if job.out is None else stack.enter_context(writer(job.out, schema, names))
        for answer in command.of_directory(directory):
            if out is not None:
                identity = _identity(directory, summary.rows, len(answer.errors))
                out.write(pa.RecordBatch.from_arrays([*identity, *answer.columns], schema=schema))
            summary.rows += len(answer.errors)
            summary.add(pc.fill_null(answer.addresses, ""), answer.errors)
            command.count(answer, detailed=report is not None)
        summary.guarded = 0 if out is None else out.guarded_cells
        if report is not None:
            report(summary)
    return summary


def _identity(directory: Directory, start: int, count: int) -> list[pa.Array]:
    """Return the columns of what identifies recipients."""
    rows, *columns = zip(*directory.recipients.identities(start, start + count), strict=True)
    return [pa.array(rows, pa.int64()), *map(texts_of, columns)]
