"""X.400 O/R addresses: one value and three text forms, and the printable strings of domain-defined attributes."""

from proxyaddr.x400.address import X400Address
from proxyaddr.x400.keywords import Form
from proxyaddr.x400.printable_string import from_printable_string, to_printable_string
from proxyaddr.x400.reading import findings

__all__ = ["Form", "X400Address", "findings", "from_printable_string", "to_printable_string"]


def __dir__() -> list[str]:
    """Return the public names: completion shows no others."""
    return sorted(__all__)
