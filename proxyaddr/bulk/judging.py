"""The column of findings: what `validate()` says of each address, and what is said of a whole list at its items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr import columns
from proxyaddr.addresses.list_findings import WITHOUT_REPLY_ADDRESS
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.proxy_list import ProxyItem, collect, read_strings
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.bulk.answers import replaced, whole
from proxyaddr.bulk.plain import is_plain_text
from proxyaddr.errors import Finding
from proxyaddr.limits import DEFAULT_LIMITS

__all__ = ["CODES", "by_item", "codes_of_item", "judge_text", "judged", "judged_lists"]

CODES = pa.list_(pa.string())
"""The type of the column: the codes of each row."""

_SEVERAL_PRIMARIES = pa.array(sorted(WITHOUT_REPLY_ADDRESS))


def judged(texts: pa.Array, plain: pa.Array, good: pa.Array, judge: Callable[[str], Sequence[Finding]]) -> pa.Array:
    """Return the codes of each text, null for rows that are not good; each distinct text is judged once."""
    suspects = pc.and_not(good, plain)
    rows = pc.if_else(good, pa.scalar(0, pa.int32()), pa.scalar(None, pa.int32()))
    answers: list[list[str]] = [[]]
    if suspects.true_count:
        distinct = texts.filter(suspects).cast(pa.string()).dictionary_encode()
        answers += [_codes(judge(text)) for text in distinct.dictionary.to_pylist()]
        rows = pc.replace_with_mask(rows, suspects, pc.add(distinct.indices, pa.scalar(1, pa.int32())))
    return pa.array(answers, CODES).take(rows)


def judge_text(text: str) -> Sequence[Finding]:
    """Return what `validate()` says of the address that a text is."""
    return parse(text).validate()


def codes_of_item(proxy: ProxyAddress) -> list[str]:
    """Return the codes of what `validate()` says of an item of a list."""
    return [] if not proxy.reading and is_plain_text(str(proxy)) else _codes(proxy.validate())


def by_item(items: Sequence[ProxyItem], found: ProxyList) -> list[list[str]]:
    """Return for each item of a list the codes of the findings of the list that are about it.

    A finding of the whole list, such as `no-primary`, stands at the first item that is an address.
    """
    codes: list[list[str]] = [[] for _ in items]
    addresses = [number for number, item in enumerate(items) if isinstance(item.found, ProxyAddress)]
    first = min(addresses, default=0)
    starts = {items[number].span[0]: number for number in addresses}
    for finding in found.findings:
        codes[first if finding.span is None else starts.get(finding.span[0], first)].append(finding.code)
    return codes


def judged_lists(
    codes: pa.Array, origin: pa.Array, texts: pa.Array, types: pa.Array, primary: pa.Array, plain: pa.Array
) -> pa.Array:
    """Return the codes of the items of list columns, those of the findings of their lists before them.

    The findings are those of `parse_proxies` over the items of a list that have a type, where they are an address. A
    list may have some only where it has two primaries of a type, none of a type, the same address twice, or an item
    that is not plain: those lists alone are read.
    """
    typed = pc.is_valid(primary)
    suspects = _suspects(origin, texts, types, primary, pc.and_not(typed, plain))
    if not len(suspects):
        return codes
    rows = pc.indices_nonzero(pc.and_(typed, pc.is_in(origin, suspects))).to_pylist()
    lists: dict[int, list[int]] = {}
    for row, number in zip(rows, origin.take(rows).to_pylist(), strict=True):
        lists.setdefault(number, []).append(row)
    strings = dict(zip(rows, texts.take(rows).cast(pa.string()).to_pylist(), strict=True))
    said: dict[int, list[str]] = {}
    for members in lists.values():
        items = [
            item._replace(span=(item.number, item.number + 1))
            for item in read_strings([strings[row] for row in members], DEFAULT_LIMITS)
        ]
        for item, found in zip(items, by_item(items, collect(items)), strict=True):
            if found:
                said[members[item.number]] = found
    return _before(codes, said) if said else codes


def _suspects(origin: pa.Array, texts: pa.Array, types: pa.Array, primary: pa.Array, unclear: pa.Array) -> pa.Array:
    """Return the numbers of the lists that may have a finding, for a mask of the items that are not plain."""
    keys = whole(columns.normalize(texts))[0]
    keyed = pa.table({"list": origin, "key": keys}).filter(pc.is_valid(primary))
    repeated = keyed.group_by(["list", "key"]).aggregate([([], "count_all")])
    typed = pa.table({"list": origin, "type": types.cast(pa.string()), "primary": primary}).filter(pc.is_valid(primary))
    counted = typed.group_by(["list", "type"]).aggregate([("primary", "sum")])
    single = pc.invert(pc.is_in(counted["type"], _SEVERAL_PRIMARIES))
    odd = pc.and_(single, pc.not_equal(counted["primary_sum"], 1))
    chunks = [
        *repeated.filter(pc.greater(repeated["count_all"], 1))["list"].chunks,
        *counted.filter(odd)["list"].chunks,
        origin.filter(unclear),
    ]
    return pc.unique(pa.concat_arrays([chunk.cast(origin.type) for chunk in chunks]))


def _before(codes: pa.Array, said: dict[int, list[str]]) -> pa.Array:
    """Return the codes with more in front of those of some rows."""
    mask = pc.is_in(pa.array(range(len(codes))), pa.array(list(said)))
    rows = sorted(said)
    more = [said[row] + known for row, known in zip(rows, codes.take(rows).to_pylist(), strict=True)]
    return replaced([codes], mask, [pa.array(more, CODES)])[0]


def _codes(findings: Iterable[Finding]) -> list[str]:
    return [finding.code for finding in findings]
