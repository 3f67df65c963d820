"""The files that an audit writes: what is refused before it takes its time, and what to do with a file of fixes."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from proxyaddr._files.file_keys import file_key
from proxyaddr._optional import import_extra
from proxyaddr._text.powershell import quoted
from proxyaddr.cli._lines import STANDARD_STREAM
from proxyaddr.errors import ConfigurationError, visible

__all__ = ["check_outputs", "how_to_apply"]

_PLAIN = re.compile(r"[\w./\\:+-]+")
"""A name that PowerShell runs as it is."""


def check_outputs(options: argparse.Namespace) -> None:
    """Raise ConfigurationError for a file that can't be written in the end, or that would replace one that is read."""
    taken = {file_key(Path(name)): "a file that this run reads" for name in _read(options)}
    if options.baseline is not None:
        taken[file_key(Path(options.baseline))] = "the baseline, and what is known would be lost"
    for name in (options.fix, options.mended, options.out, options.report):
        if name in (None, STANDARD_STREAM):
            continue
        path = Path(name)
        if (known := taken.get(file_key(path))) is not None:
            raise ConfigurationError("same-file", f"is {known}; write to another", source=name)
        taken[file_key(path)] = "another output of this run"
        if not path.absolute().parent.is_dir():
            raise ConfigurationError("unwritable-file", "cannot be written: there is no such folder", source=name)
    if options.out is None and options.report is None:
        return
    import_extra("pyarrow", "arrow")
    from proxyaddr.bulk.files import format_of  # noqa: PLC0415 - pyarrow takes its time
    from proxyaddr.bulk.report import check_name  # noqa: PLC0415 - as above

    if options.out not in (None, STANDARD_STREAM):
        format_of(Path(options.out), output=True)
    if options.report is not None:
        check_name(Path(options.report))


def _read(options: argparse.Namespace) -> Iterator[str]:
    yield from options.inputs
    if options.context is not None:
        yield options.context
    yield from options.accepted_domains or ()


def how_to_apply(name: str, form: str) -> str:
    """Return what to do with a file of fixes: first what shows them or tries them, then what changes the directory."""
    if form == ".ps1":
        path = name if Path(name).is_absolute() else f"./{name}"
        command = path if _PLAIN.fullmatch(path) else f"& {_argument(path)}"
        return f"see what it would do in PowerShell: {command} -WhatIf; do it without -WhatIf"
    if form == ".ldif":
        return f"apply it: ldifde -i -f {_argument(name)}, or ldapmodify -f {_argument(name)}"
    return f"read {visible(name)}: a row a value, with what it is before and after"


def _argument(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else quoted(visible(name))
