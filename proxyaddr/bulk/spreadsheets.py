"""Makes cells harmless to spreadsheets: text that would be taken for a formula gets an apostrophe before it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["FORMULA_STARTS", "guarded", "guarded_name"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula, or what hides one, starts with, the full-width signs too (OWASP, CSV Injection)."""

_GUARD = "'"


def guarded(texts: pa.Array) -> pa.Array:
    """Return a column of text in which no cell starts a formula."""
    starts = pc.is_in(pc.utf8_slice_codeunits(texts, 0, 1), pa.array(FORMULA_STARTS, texts.type))
    if not starts.true_count:
        return texts
    apostrophe, nothing = pa.scalar(_GUARD, texts.type), pa.scalar("", texts.type)
    return pc.if_else(starts, pc.binary_join_element_wise(apostrophe, texts, nothing), texts)


def guarded_name(name: str) -> str:
    """Return the name of a column so that the header starts no formula."""
    return _GUARD + name if name.startswith(FORMULA_STARTS) else name
