"""Runs commands over whole files, and over a whole directory."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from proxyaddr._optional import import_extra
from proxyaddr.cli._lines import show_json
from proxyaddr.errors import ConfigurationError, quantity

if TYPE_CHECKING:
    from proxyaddr.bulk.answers import Command
    from proxyaddr.bulk.job import Job
    from proxyaddr.bulk.lists import Lists
    from proxyaddr.bulk.resolve_command import Resolve
    from proxyaddr.bulk.summary import Summary
    from proxyaddr.bulk.writers import Output
    from proxyaddr.directory.directory import Directory

__all__ = ["run_directory", "run_files"]


def run_files(
    options: argparse.Namespace, make_command: Callable[[], Command], *reads: str, splits: bool = True
) -> int:
    """Run a command over the files and print the summary; return the exit status.

    Cells that hold a list of addresses give a row an item, unless not `splits`.
    `reads` are names of other files that the command reads, which no output may replace.
    """
    import_extra("pyarrow", "arrow")
    from proxyaddr.bulk.job import run  # noqa: PLC0415 - pyarrow loads for files alone
    from proxyaddr.bulk.lists import Lists  # noqa: PLC0415 - pyarrow loads for files alone

    lists = Lists.WHERE_FOUND
    if options.list:
        lists = Lists.EVERY_CELL
    elif options.no_list and not getattr(options, "lenient", False):
        lists = Lists.REFUSED
    elif options.no_list or not splits:
        lists = Lists.IGNORED
    return _run_job(options, options.files, lists, reads, lambda job: run(job, make_command))


def run_directory(
    options: argparse.Namespace, directory: Directory, command: Callable[[], Resolve], *reads: str
) -> int:
    """Resolve the whole directory of `--directory` and print the summary; return the exit status."""
    import_extra("pyarrow", "arrow")
    from proxyaddr.bulk.lists import Lists  # noqa: PLC0415 - as in run_files
    from proxyaddr.bulk.whole_directory import resolve_directory  # noqa: PLC0415 - as in run_files

    def resolve(job: Job) -> Summary:
        return resolve_directory(directory, job, command())

    return _run_job(options, [options.directory], Lists.IGNORED, reads, resolve)


def _run_job(
    options: argparse.Namespace,
    inputs: Sequence[str],
    lists: Lists,
    reads: Sequence[str],
    run: Callable[[Job], Summary],
) -> int:
    """Run a job, whose outputs the options name, and print the summary; return the exit status."""
    from proxyaddr.bulk.files import Format  # noqa: PLC0415 - pyarrow loads for files alone
    from proxyaddr.bulk.job import Job  # noqa: PLC0415 - pyarrow loads for files alone

    job = Job(
        inputs,
        options.column,
        _output(options.out, options, options.out_format) if options.out else None,
        None if options.rejects is None else _output(options.rejects, options, None),
        None if options.report is None else Path(options.report),
        None if options.in_format is None else Format(options.in_format),
        options.encoding,
        options.prefix,
        lists,
        [Path(name) for name in reads],
        shlex.join(["proxyaddr", *options.arguments]),
        getattr(options, "separator", None),
    )
    paged = (Format.PARQUET, Format.ARROW, Format.ARROW_STREAM)
    if options.compression is not None and job.out is not None and job.out.format not in paged:
        message = f"--compression is for Parquet and Arrow; end the name of a {job.out.format} file in .gz or .zst"
        raise ConfigurationError("usage", message, "compression")
    try:
        with _terminated():
            summary = run(job)
    except BrokenPipeError:
        print("proxyaddr: standard output was closed before the end", file=sys.stderr)
        raise
    except (KeyboardInterrupt, SystemExit):
        kept = "" if job.out is None or job.out.path is None else f": {job.out.path} is as it was"
        print(f"proxyaddr: interrupted{kept}", file=sys.stderr)
        raise
    _show(summary, options)
    return summary.status


def _output(name: str, options: argparse.Namespace, given: str | None) -> Output:
    """Return an output; its format is `given`, or by the ending of its name, and CSV on standard output."""
    from proxyaddr.bulk.files import (  # noqa: PLC0415 - as in run_files
        STANDARD_STREAM,
        Format,
        format_of,
        named_compression,
    )
    from proxyaddr.bulk.writers import Output  # noqa: PLC0415 - as in run_files

    path = None if name == STANDARD_STREAM else Path(name)
    named = Format.CSV if path is None or given is not None else format_of(path, output=True)
    packed = None if path is None else named_compression(path)
    return Output(path, Format(given or named), packed, options.compression, options.raw_csv)


def _show(summary: Summary, options: argparse.Namespace) -> None:
    """Print the summary: text on standard error; JSON on standard output, unless the rows go there."""
    if summary.split:
        print(
            f"proxyaddr: note: {quantity(summary.split, 'cell')} held a list and gave a row an item; "
            "--list says so and numbers the rows, --no-list refuses such cells",
            file=sys.stderr,
        )
    if not options.json:
        print(summary, file=sys.stderr)
    elif options.out == "-":
        import json  # noqa: PLC0415 - only for --json

        print(json.dumps(summary.as_record()), file=sys.stderr)
    else:
        show_json(summary.as_record())


@contextmanager
def _terminated() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the run as Ctrl-C does, with the exit status 128 plus their number."""
    import signal  # noqa: PLC0415 - takes its time, and for files alone

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before: dict[Any, Any] = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
