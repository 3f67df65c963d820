"""What is known of a connector as settings of a file: what each may hold, and how text states it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from proxyaddr._files.settings import FLAG, TEXT, WHOLE_NUMBER, member_of, read_settings
from proxyaddr.routing.state import Activation, Connector, Proximity

__all__ = ["CONNECTOR_SETTINGS", "connector_of_texts"]

CONNECTOR_SETTINGS = {
    "name": TEXT,
    "enabled": FLAG,
    "max_message_size": WHOLE_NUMBER,
    "site": TEXT,
    "location": TEXT,
    "site_cost": WHOLE_NUMBER,
    "proximity": member_of(Proximity),
    "delivering": FLAG,
    "open_retries": WHOLE_NUMBER,
    "max_open_retries": WHOLE_NUMBER,
    "activation": member_of(Activation),
    "tries": WHOLE_NUMBER,
}
"""What a table of `connectors` may hold: the fields of Connector, and what each of them is in a file."""

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
_FLAGS = {"true": True, "$true": True, "false": False, "$false": False}


def connector_of_texts(name: str, cells: Mapping[str, str], source: str) -> Connector:
    """Return a connector of settings written as text, as CSV holds them; ConfigurationError for a wrong one."""
    values: dict[str, object] = {}
    for key, cell in cells.items():
        kind = CONNECTOR_SETTINGS[key]
        values[key] = cell
        if kind is FLAG:
            values[key] = _FLAGS.get(cell.lower(), cell)
        elif kind is WHOLE_NUMBER and _WHOLE_NUMBER.fullmatch(cell):
            values[key] = int(cell)
    return Connector(name, **read_settings(values, CONNECTOR_SETTINGS, source, "a connector"))
