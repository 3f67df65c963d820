"""Finds and compiles the Lark grammars: the only module that builds a parser and converts lark's errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput

from proxyaddr.errors import AddressSyntaxError

__all__ = ["Grammar"]


class Grammar:
    """A grammar file and the transformer of its trees; compiled on first use, for the start rules given.

    `names` has the words for each terminal that error messages use; a terminal without any is not mentioned.
    """

    def __init__(
        self, name: str, starts: tuple[str, ...], transformer: Transformer[Any, Any], names: dict[str, str]
    ) -> None:
        self._name = name
        self._starts = starts
        self._transformer = transformer
        self._names = names

    def parse(self, text: str, start: str, count: Callable[[Token], None] | None = None) -> Any:  # noqa: ANN401 - the transformer decides what a start rule gives
        """Parse the whole text by the start rule; AddressSyntaxError where it does not fit.

        `count` is called with each token before more of the text is read, and may raise an error to stop there.
        """
        lark = _compile(self._name, self._starts, self._transformer)
        try:
            if count is None:
                return lark.parse(text, start=start)
            reading = lark.parse_interactive(text, start=start)
            for token in reading.iter_parse():
                count(token)
            return reading.feed_eof()  # type: ignore[no-untyped-call]  # lark gives it no types
        except UnexpectedInput as error:
            raise self._converted(error, text) from None

    def _converted(self, error: UnexpectedInput, text: str) -> AddressSyntaxError:
        expected = getattr(error, "expected", ())
        words = tuple(sorted({self._names[terminal] for terminal in expected if terminal in self._names}))
        token = getattr(error, "token", text[error.pos_in_stream :][:1])  # any character starts some terminal
        if isinstance(token, Token) and token.type == "$END":
            return AddressSyntaxError("unexpected-end", "the text ends too early", text, (len(text), len(text)), words)
        start = error.pos_in_stream or 0
        return AddressSyntaxError(
            "unexpected-text", "this does not belong here", text, (start, start + len(token)), words
        )


@cache
def _compile(name: str, starts: tuple[str, ...], transformer: Transformer[Any, Any]) -> Lark:
    return Lark(
        _find(name).read_text("utf-8"),
        start=list(starts),
        parser="lalr",
        transformer=transformer,
        maybe_placeholders=True,
        import_paths=[_load_import],
        propagate_positions=False,
    )


def _load_import(_base: str | None, path: str) -> tuple[str, str]:
    """Return a grammar that another imports, as lark asks for it: a grammar inside a zip has no path to open."""
    return path, _find(path).read_text("utf-8")


def _find(name: str) -> Traversable:
    """Return a grammar file: inside the installed package, or beside it in a checkout or an editable install."""
    inside = files("proxyaddr") / "grammar" / name
    if inside.is_file():
        return inside
    return Path(__file__).parents[2] / "grammar" / name
