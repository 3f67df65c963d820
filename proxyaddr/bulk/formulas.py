"""Keeps spreadsheets from running cells as formulas: puts an apostrophe before text that starts like one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["without_formulas"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The first characters of formulas and of text that hides one, the full-width signs included (OWASP, CSV Injection)."""

NUMBER = r"^[+-]([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?$"
"""What a spreadsheet reads as a signed number: it refers to nothing and calls nothing, so it is left as it is.

A full-width sign starts no number here: spreadsheets differ in what they make of one.
"""


def without_formulas(texts: pa.Array) -> tuple[pa.Array, int]:
    """Return the column of text in which no cell starts like a formula, and how many cells got an apostrophe."""
    starts = pc.is_in(pc.utf8_slice_codeunits(texts, 0, 1), pa.array(FORMULA_STARTS, texts.type))
    if not starts.true_count:
        return texts, 0
    suspects = pc.invert(pc.match_substring_regex(texts.filter(starts), NUMBER))
    if not suspects.true_count:
        return texts, 0
    formulas = pc.replace_with_mask(starts, starts, suspects)
    apostrophe, nothing = pa.scalar("'", texts.type), pa.scalar("", texts.type)
    guarded = pc.if_else(formulas, pc.binary_join_element_wise(apostrophe, texts, nothing), texts)
    return guarded, suspects.true_count
