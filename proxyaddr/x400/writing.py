"""Components of an O/R address to the text of each form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from proxyaddr.x400.keywords import RFC1685_ORDER, RFC2156_KEYWORDS, RFC2156_ORDER, Form

__all__ = ["written"]

Flat = list[tuple[str, str, str]]
"""(attribute, number of the unit or type of the DDA or nothing, value), in the order of Exchange."""


def written(parts: Flat, form: Form) -> str:
    """Return the text of an address in a form; see `X400Address.format`."""
    return _WRITERS[form](parts)


def _exchange(flat: Flat) -> str:
    def quoted(text: str) -> str:
        return text.replace("\\", r"\\").replace(";", r"\;")

    parts = []
    for key, which, text in flat:
        keyword = "dda:" + quoted(which).replace("=", r"\=") if key == "DDA" else f"{key.lower()}{which}"
        parts.append(f"{keyword}={quoted(text)};")
    return "".join(parts)


def _rfc1685(flat: Flat) -> str:
    parts = []
    for key, which, text in _ordered(flat, RFC1685_ORDER):
        value = text.replace(";", ";;")
        if key == "DDA":
            blank = " " if value.startswith("=") else ""  # read back as a value, not as a doubled `=`
            parts.append(f"DDA:{which.replace(';', ';;').replace('=', '==')}={blank}{value}")
        elif key != "A" or text.strip():
            parts.append(f"{key}{which}={value}")
    return "; ".join(parts)


def _rfc2156(flat: Flat) -> str:
    def quoted(text: str) -> str:
        return re.sub(r"[$/=]", r"$\g<0>", text)

    parts = []
    for key, which, text in _ordered(flat, RFC2156_ORDER, reverse_units=True):
        keyword = f"DD.{quoted(which)}" if key == "DDA" else RFC2156_KEYWORDS.get(key, key)
        if key != "A" or text.strip():
            parts.append(f"/{keyword}={quoted(text)}")
    return "".join(parts) + "/"


_WRITERS = {Form.EXCHANGE: _exchange, Form.RFC1685: _rfc1685, Form.RFC2156: _rfc2156}


def _ordered(flat: Flat, order: tuple[str, ...], *, reverse_units: bool = False) -> Iterator[tuple[str, str, str]]:
    for key in order:
        named = [part for part in flat if part[0] == key]
        yield from reversed(named) if key == "OU" and reverse_units else named
