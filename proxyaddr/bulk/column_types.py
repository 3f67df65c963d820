"""Columns whose values name no type: `--type` says what they are."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.bulk.answers import replaced
from proxyaddr.bulk.judging import CODES
from proxyaddr.bulk.plain import is_plain
from proxyaddr.errors import AddressSyntaxError

__all__ = ["read_as"]

_KINDS = (pa.string(), pa.string(), pa.bool_(), CODES, pa.string())
"""The types of the columns that are returned."""


def read_as(texts: pa.Array, given: str) -> list[pa.Array]:
    """Return type, value, is_primary, codes of findings and error of each text, as `parse` of the type given reads it.

    Plain values without a type are told at once, all others are parsed, each distinct one once.
    """
    texts = texts.cast(pa.string())
    labels = pa.scalar("" if given == DEFAULT_TYPE else f"{given}:")
    plain = pc.and_(is_plain(pc.binary_join_element_wise(labels, texts, pa.scalar(""))), pc.is_valid(texts))
    plain = pc.and_not(plain, pc.fill_null(pc.match_substring(texts, ":"), False))
    found = [
        pc.if_else(plain, pa.scalar(given), pa.scalar(None, pa.string())),
        texts,
        pa.nulls(len(texts), pa.bool_()),
        pc.if_else(plain, pa.scalar([], CODES), pa.scalar(None, CODES)),
        pa.nulls(len(texts), pa.string()),
    ]
    others = pc.and_not(pc.is_valid(texts), plain)
    distinct = texts.filter(others).dictionary_encode()
    answers = [_read(text, given) for text in distinct.dictionary.to_pylist()]
    read = [
        pa.array([answer[place] for answer in answers], kind).take(distinct.indices)
        for place, kind in enumerate(_KINDS)
    ]
    return replaced(found, others, read)


def _read(text: str, given: str) -> tuple[object, ...]:
    try:
        address = parse(text, type=given)
    except AddressSyntaxError as error:
        return None, None, None, None, error.code
    primary = address.is_primary if isinstance(address, ProxyAddress) else None
    return address.type, address.value, primary, [found.code for found in address.validate()], None
