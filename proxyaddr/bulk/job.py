"""Runs a command over files: reading, answering and writing at the same time, each in a thread of its own."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from proxyaddr._files.file_keys import file_key
from proxyaddr.bulk.answers import Command
from proxyaddr.bulk.files import Format, Input, find_inputs
from proxyaddr.bulk.lists import Lists
from proxyaddr.bulk.prefetch import prefetched
from proxyaddr.bulk.progress import progress
from proxyaddr.bulk.readers.opening import open_inputs
from proxyaddr.bulk.report import report_to
from proxyaddr.bulk.rows import Rows
from proxyaddr.bulk.summary import Summary
from proxyaddr.bulk.writers import Output, Writer, writer
from proxyaddr.errors import ConfigurationError

__all__ = ["Job", "refuse_same", "run"]


class Job(NamedTuple):
    """The inputs and outputs of a run, and its options.

    Without `out` the rows are only counted. `reads` are other files that no output may replace; `called` is the command
    line, for the report; `separator` is what separates the items of lists, where it is known.
    """

    inputs: Sequence[str]
    column: str | None
    out: Output | None
    rejects: Output | None = None
    report: Path | None = None
    input_format: Format | None = None
    encoding: str | None = None
    prefix: str = ""
    lists: Lists = Lists.WHERE_FOUND
    reads: Sequence[Path] = ()
    called: str = ""
    separator: str | None = None


def run(job: Job, make_command: Callable[[], Command]) -> Summary:
    """Run a command, made once the inputs are open, over every row of the inputs; return the summary.

    ConfigurationError for an input that can't be read and an output that can't be written: then no output is changed.
    """
    inputs = find_inputs(job.inputs, job.input_format)
    refuse_same(job, inputs)
    if job.encoding is not None:
        try:
            codecs.lookup(job.encoding)
        except LookupError as error:
            raise ConfigurationError("no-such-encoding", str(error), "encoding") from None
    with ExitStack() as stack:
        opened = stack.enter_context(open_inputs(inputs, job.column, job.encoding))
        command = make_command()
        summary = Summary(command)
        rows = Rows(
            opened,
            command,
            summary,
            prefix=job.prefix,
            lists=job.lists,
            separator=job.separator,
            written=job.out is not None,
            rejects=job.rejects is not None,
            detailed=job.report is not None,
        )
        report = None
        if job.report is not None:
            report = stack.enter_context(report_to(job.report, job.called, inputs))
        out: Writer | None = None
        rejects: Writer | None = None
        if job.rejects is not None:
            rejects = stack.enter_context(writer(job.rejects, rows.rejects_schema))
        if job.out is not None:
            out = stack.enter_context(writer(job.out, rows.schema, rows.added))
        advance = stack.enter_context(progress(inputs))
        for answered in stack.enter_context(closing(prefetched(rows.answered()))):
            if out is not None:
                out.write(answered.rows)
            if rejects is not None and answered.rejects is not None:
                rejects.write(answered.rejects)
            advance(answered.source, answered.position, answered.rows.num_rows)
        summary.guarded = sum(target.guarded_cells for target in (out, rejects) if target is not None)
        if report is not None:
            report(summary)
    pa.default_memory_pool().release_unused()
    return summary


def refuse_same(job: Job, inputs: Sequence[Input]) -> None:
    """Refuse an output that would replace an input, the routing table or another output."""
    taken = {file_key(path): "a file that this run reads" for path in job.reads}
    taken |= {file_key(source.path): "an input of this run" for source in inputs}
    for path in (*(output.path for output in (job.out, job.rejects) if output is not None), job.report):
        if path is None:
            continue
        if (known := taken.get(file_key(path))) is not None:
            raise ConfigurationError("same-file", f"is {known}; write to another", source=str(path))
        taken[file_key(path)] = "another output of this run"
