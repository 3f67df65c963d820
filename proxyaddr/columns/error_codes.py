"""The error code that only bytes can have: addresses given as str are text already."""

__all__ = ["NOT_UTF8"]

NOT_UTF8 = "not-utf8"
"""The error code of a row whose bytes are not UTF-8 text."""
