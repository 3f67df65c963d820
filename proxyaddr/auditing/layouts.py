"""Which columns of Arrow data hold what an audit judges, where each row is an object and that is plain to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from proxyaddr.auditing.properties import (
    ATTRIBUTES,
    FORMER_DNS,
    LISTS,
    PRIMARY,
    READ,
    SINGLE_ADDRESS,
    TELLING,
    exported_attribute,
    property_key,
)
from proxyaddr.directory.records import TYPE_COLUMNS

__all__ = ["Layout", "is_list", "is_text"]

_MAY_BE_LISTS = frozenset({"objectclass", FORMER_DNS})
_MAY_BE_NUMBERS = frozenset({"type", "recipienttypedetails", "recipienttype", "msexchrecipienttypedetails"}) | {
    "msexchremoterecipienttype"
}


class Layout(NamedTuple):
    """The names of columns by what they hold.

    `singles` has those of each attribute of one value, of which the first that has one counts, `primary` those of
    PrimarySmtpAddress. `telling` tell the type of an object. `read` are all columns of which objects are made, and
    `attributes` what the export has.
    """

    proxies: str
    singles: Mapping[str, Sequence[str]]
    primary: Sequence[str]
    former_dns: str | None
    telling: Mapping[str, str]
    read: Sequence[str]
    attributes: frozenset[str]

    @classmethod
    def of(cls, schema: pa.Schema) -> Layout | None:
        """Return the layout of a schema; None where rows or columns are to be put together, or hold something else."""
        read = [name for name in schema.names if property_key(name) in READ]
        names = {property_key(name): name for name in read}
        lists = [key for key in names if key in LISTS or key in TYPE_COLUMNS]
        if len(names) < len(read) or len(lists) != 1 or lists[0] == SINGLE_ADDRESS:
            return None
        if lists[0] not in LISTS or not all(_is_judged(key, schema.field(name).type) for key, name in names.items()):
            return None
        singles: dict[str, list[str]] = {}
        for key, attribute in ATTRIBUTES.items():
            if key in names:
                singles.setdefault(attribute, []).append(names[key])
        return cls(
            names[lists[0]],
            singles,
            [names[key] for key in PRIMARY if key in names],
            names.get(FORMER_DNS),
            {key: names[key] for key in (*TELLING, "userprincipalname") if key in names},
            read,
            frozenset(filter(None, map(exported_attribute, names))),
        )


def _is_judged(key: str, kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Return whether the column of a property has a type that is judged by whole columns."""
    if key in LISTS or key in _MAY_BE_LISTS:
        return is_text(kind) or is_list(kind)
    if key in _MAY_BE_NUMBERS:
        return is_text(kind) or bool(pa.types.is_integer(kind))
    is_free = key not in ATTRIBUTES and key not in PRIMARY and key not in TELLING
    return is_free or is_text(kind)


def is_text(kind: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether a type is one of text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def is_list(kind: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether a type is a list of texts."""
    is_one = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(is_one) and is_text(kind.value_type)
