"""O/R addresses to text, in each form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from proxyaddr._text.types import TRIMMED
from proxyaddr.x400.keywords import POSTAL, POSTAL_ATTRIBUTE, RFC1685_ORDER, RFC2156_ORDER, RULES, Form

__all__ = ["Part", "write_address"]

Part = tuple[str, str, str]
"""An attribute, the number of the unit or the type of the DDA or nothing, and the value."""

_QUOTED_BY_DOLLAR = re.compile(r"[$/=]")


def write_address(parts: list[Part], form: Form) -> str:
    """Return the text of an address in a form, without a label; `parts` are in the order of Exchange."""
    return _WRITERS[form](parts)


def _write_exchange(parts: list[Part]) -> str:
    def quoted(text: str) -> str:
        return text.replace("\\", r"\\").replace(";", r"\;")

    written = []
    for name, which, value in parts:
        keyword = "dda:" + quoted(which).replace("=", r"\=") if name == "DDA" else f"{name.lower()}{which}"
        written.append(f"{keyword}={quoted(value)};")
    return "".join(written)


def _write_rfc1685(parts: list[Part]) -> str:
    written = []
    for name, which, value in _ordered(parts, RFC1685_ORDER):
        text = value.replace(";", ";;")
        if name == "DDA":
            blank = " " if text.startswith("=") else ""  # read back as a value, not as a doubled `=`
            written.append(f"DDA:{which.replace(';', ';;').replace('=', '==')}={blank}{text}")
        elif name != "A" or value.strip(TRIMMED):
            written.append(f"{name}{which}={text}")
    return "; ".join(written)


def _write_rfc2156(parts: list[Part]) -> str:
    def quoted(text: str) -> str:
        return _QUOTED_BY_DOLLAR.sub(r"$\g<0>", text)

    written = []
    for name, which, value in _ordered(parts, RFC2156_ORDER, reverse_units=True):
        rules = RULES.get(name)  # none of their own for postal attributes
        keyword = f"DD.{quoted(which)}" if name == "DDA" else (rules and rules.rfc2156_keyword) or name
        if name != "A" or value.strip(TRIMMED):
            written.append(f"/{keyword}={quoted(value)}")
    return "".join(written) + "/"


_WRITERS = {Form.EXCHANGE: _write_exchange, Form.RFC1685: _write_rfc1685, Form.RFC2156: _write_rfc2156}


def _ordered(parts: list[Part], order: tuple[str, ...], *, reverse_units: bool = False) -> Iterator[Part]:
    """Yield parts in the order of a form, units with the least significant first where `reverse_units` is set."""
    for name in order:
        named = [part for part in parts if (POSTAL if POSTAL_ATTRIBUTE.fullmatch(part[0]) else part[0]) == name]
        yield from reversed(named) if name == "OU" and reverse_units else named
