"""The options of commands over whole files, and over a whole directory."""

from __future__ import annotations

import argparse

from proxyaddr.errors import ConfigurationError

__all__ = ["add_files", "check_directory", "check_files"]

FORMATS = ("csv", "tsv", "parquet", "arrow", "arrows", "jsonl", "text")
CODECS = ("gzip", "zstd", "none")


FILE_OPTIONS = (
    *("out", "column", "rejects", "report", "prefix", "encoding"),
    *("in_format", "out_format", "compression", "raw_csv", "no_list"),
)
"""The options that mean nothing without `--in`, by their names in the parsed arguments."""


def add_files(parser: argparse.ArgumentParser, *, lists: bool = True) -> None:
    """Add the options for files; `--no-list` where cells may hold `lists`."""
    group = parser.add_argument_group("files", "whole files at a time, in bounded memory (extra arrow)")
    group.add_argument(
        "--in",
        dest="files",
        action="append",
        default=[],
        metavar="FILE",
        help="file, pattern, folder or `-`, repeatable: CSV, Parquet, Arrow, JSON lines or text, also .gz and .zst",
    )
    group.add_argument("--column", metavar="NAME", help="the column of addresses, of text or lists of text")
    group.add_argument(
        "--out", metavar="FILE", help="where the rows go, by the ending of its name; `-` for standard output"
    )
    group.add_argument("--rejects", metavar="FILE", help="where bad rows go instead of staying among the others")
    group.add_argument("--report", metavar="FILE.html", help="a page with charts of the run")
    group.add_argument("--prefix", default="", metavar="TEXT", help="starts the names of the added columns")
    group.add_argument("--in-format", choices=FORMATS, help="format of the inputs whatever their names say")
    group.add_argument("--out-format", choices=FORMATS[:-1], help="format of --out whatever its name says")
    group.add_argument("--compression", choices=CODECS, help="of the pages of Parquet and Arrow outputs")
    group.add_argument(
        "--encoding", metavar="NAME", help="of CSV, JSON and text inputs (default: UTF-8, or UTF-16 by its mark)"
    )
    if lists:
        group.add_argument(
            "--no-list", action="store_true", help="a cell that holds a list is a bad row, instead of a row an item"
        )
    else:
        parser.set_defaults(list=False, no_list=False)
    group.add_argument("--raw-csv", action="store_true", help="write text cells to CSV as they are, formulas too")


def check_files(options: argparse.Namespace) -> bool:
    """Return whether files are given; ConfigurationError for options that do not go together."""
    if not options.files:
        for name in FILE_OPTIONS:
            if getattr(options, name):
                raise ConfigurationError("usage", f"--{name.replace('_', '-')} needs --in", name)
        return False
    if options.inputs:
        raise ConfigurationError("usage", "addresses are given as arguments or by --in, not by both", "in")
    if not (options.out or options.report):
        raise ConfigurationError("usage", "--in needs --out or --report", "out")
    if options.no_list and options.list:
        raise ConfigurationError("usage", "cells are lists with --list, and refused with --no-list", "no-list")
    _check_output(options)
    return True


def check_directory(options: argparse.Namespace) -> bool:
    """Return whether a whole directory is asked for; ConfigurationError for options that do not go together."""
    if not options.all:
        return False
    if options.directory is None:
        raise ConfigurationError("usage", "--all resolves the recipients of a directory: it needs --directory", "all")
    for name, given in (("in", options.files), ("address", options.inputs)):
        if given:
            raise ConfigurationError("usage", "--all takes the recipients of --directory, and no other input", name)
    for name in ("column", "rejects", "encoding", "in_format", "no_list", "list"):
        if getattr(options, name):
            raise ConfigurationError("usage", f"--{name.replace('_', '-')} needs --in", name)
    if not (options.out or options.report):
        raise ConfigurationError("usage", "--all needs --out or --report", "out")
    _check_output(options)
    return True


def _check_output(options: argparse.Namespace) -> None:
    for name in ("out_format", "compression", "raw_csv"):
        if getattr(options, name) and not options.out:
            raise ConfigurationError("usage", f"--{name.replace('_', '-')} needs --out", name)
