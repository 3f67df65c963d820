"""Dialects: whose rules decide how address spaces are written and compared."""

from __future__ import annotations

from enum import StrEnum

from proxyaddr.errors import ConfigurationError

__all__ = ["Dialect"]


class Dialect(StrEnum):
    """Whose rules decide: those of Exchange 4.0 to 5.5, of Exchange 2000 and 2003, or of Exchange 2007 and later."""

    EXCHANGE55 = "exchange55"
    EXCHANGE2000 = "exchange2000"
    EXCHANGE2007 = "exchange2007"

    @property
    def by_domain(self) -> bool:
        """Whether a space of SMTP is a domain; in Exchange 5.5 it is a pattern of whole addresses (Q229961)."""
        return self is not Dialect.EXCHANGE55

    @classmethod
    def _missing_(cls, value: object) -> Dialect:
        message = (
            f"a dialect is {cls.EXCHANGE55} (Exchange 4.0 to 5.5), {cls.EXCHANGE2000} (Exchange 2000 and 2003) or "
            f"{cls.EXCHANGE2007} (Exchange 2007 and later, Exchange Online), not {value!r}"
        )
        raise ConfigurationError("unknown-dialect", message, "dialect")
