"""Keeps spreadsheets from running cells as formulas: puts an apostrophe before text that starts like one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["FORMULA_STARTS", "name_without_formula", "without_formulas"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The first characters of formulas and of text that hides one, the full-width signs included (OWASP, CSV Injection)."""

_APOSTROPHE = "'"


def without_formulas(texts: pa.Array) -> pa.Array:
    """Return the column of text in which no cell starts like a formula."""
    starts = pc.is_in(pc.utf8_slice_codeunits(texts, 0, 1), pa.array(FORMULA_STARTS, texts.type))
    if not starts.true_count:
        return texts
    apostrophe, nothing = pa.scalar(_APOSTROPHE, texts.type), pa.scalar("", texts.type)
    return pc.if_else(starts, pc.binary_join_element_wise(apostrophe, texts, nothing), texts)


def name_without_formula(name: str) -> str:
    """Return the name of a column for the header of a CSV file, where it does not start like a formula."""
    return _APOSTROPHE + name if name.startswith(FORMULA_STARTS) else name
