"""What a command loads before it answers: each module costs time, and a library more than all of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

START = {
    *(
        "_optional",
        "_text",
        "_text.byte_order",
        "_text.types",
        "cli",
        "cli._errors",
        "cli._lines",
        "cli._parser",
        "cli._slips",
    ),
    *("cli._style", "cli.main", "errors", "formats", "formats.imcea", "limits"),
}
"""Modules that every command needs."""

ADDRESSES = {
    *("_text.domains", "_text.folding", "_text.look_alikes", "addresses", "addresses.common_forms", "addresses.lists"),
    *("addresses.parser", "addresses.values", "formats.internet", "formats.legacy_dn", "formats.rules"),
}
"""Modules that read an address in a common form, and judge it."""

RESOLVE = {
    *(
        "cli.resolve",
        "cli._connectors",
        "cli._file_options",
        "addresses.encapsulation",
        "delivery",
        "delivery.connector",
        "delivery.outcomes",
    ),
    *("delivery.resolver", "delivery.rules", "delivery.settings", "directory", "directory.recipient"),
}

PARSE = {
    *(
        "cli.parse",
        "cli._bulk",
        "cli._file_options",
        "cli._or_address",
        "addresses.x500",
        "x400",
        "x400.address",
        "x400.ddas",
    ),
    *("x400.keywords", "x400.printable_string", "x400.reading", "x400.writing"),
}

LIBRARIES = {"lark", "email_validator", "idna", "pyarrow", "email", "html"}
"""What loads for rare forms, files and reports alone."""


def loaded(*arguments: str) -> set[str]:
    """The modules that a command with its answer has loaded."""
    code = (
        "import json, sys; from proxyaddr.cli.main import main; main(sys.argv[1:]); print(json.dumps([*sys.modules]))"
    )
    # coverage loads much itself
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    output = subprocess.check_output([sys.executable, "-c", code, *arguments], text=True, env=unmeasured)
    return set(json.loads(output.splitlines()[-1]))


@pytest.mark.parametrize(
    ("arguments", "own"),
    [
        (["resolve", "[SMTPOUT:a@b]"], RESOLVE),
        (["resolve", "Jane Doe [SMTP:jane.doe@contoso.com]"], RESOLVE),
        (["resolve", "jane.doe@contoso.com"], RESOLVE),
        (["parse", "a@b"], PARSE),
        (["parse", "smtp:jane.doe@contoso.com"], PARSE),
    ],
)
def test_a_common_address_is_answered_without_grammars_and_libraries(arguments: list[str], own: set[str]) -> None:
    modules = loaded(*arguments)
    ours = {name.removeprefix("proxyaddr.") for name in modules if name.startswith("proxyaddr.")}
    assert ours <= START | ADDRESSES | own
    assert not LIBRARIES & modules


def test_a_list_of_typed_values_is_read_without_lark() -> None:
    assert "lark" not in loaded("parse", "--list", "SMTP:a@b;smtp:c@d;sip:c@d")


def test_a_rare_form_loads_the_grammar() -> None:
    assert "lark" in loaded("parse", "a@b (Jane)")
