"""The parser of arguments: its errors are one line, with a suggestion for what is mistyped."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

from proxyaddr.errors import ConfigurationError

__all__ = ["CommandParser", "nearest"]


class CommandParser(argparse.ArgumentParser):
    """A parser that raises ConfigurationError with one line, where argparse would print its usage and exit.

    Options may be abbreviated as long as the abbreviation is unambiguous. Inputs may stand before and behind options.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - as argparse.ArgumentParser takes
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **settings)
        self.given: list[str] = []

    # typeshed declares overloads by the type of the namespace, which is always argparse's own here
    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse the arguments; those that are left over are further inputs, or options that do not exist."""
        self.given = list(args)
        options, rest = super().parse_known_args(args, namespace)
        marker = self.given.index("--") if "--" in self.given else len(self.given)
        inputs = [word for word in rest if word != "--"]
        for word in inputs:
            if _is_option(word) and word not in self.given[marker:]:
                raise self._no_such_option(word)
        if inputs:
            options.inputs = [*options.inputs, *inputs]
        return options, []

    def error(self, message: str) -> NoReturn:
        """Raise ConfigurationError: a mistyped option is named before what is missing because of it."""
        for word in self.words():
            if word.startswith("--") and not any(
                known.startswith(_name(word)) for known in self._option_string_actions
            ):
                raise self._no_such_option(word)
        raise self.usage_error(message)

    def all_actions(self) -> Iterator[argparse.Action]:
        """Yield every argument, those of subcommands too."""
        for action in self._actions:
            yield action
            for command in action.choices.values() if isinstance(action.choices, dict) else ():
                yield from command.all_actions()

    def words(self) -> list[str]:
        """Return the arguments that this parser was given, up to `--`."""
        return self.given[: self.given.index("--")] if "--" in self.given else self.given

    def usage_error(self, message: str) -> ConfigurationError:
        """Return the error for a message, which names the help to read."""
        return ConfigurationError("usage", f"{message} ({self.prog} --help)")

    def _no_such_option(self, word: str) -> ConfigurationError:
        name = _name(word)
        close = nearest(name, self._option_string_actions)
        if close is None and not word.startswith("--"):
            return self.usage_error(f"no option {name!r}; put -- before an address that begins with a hyphen")
        return self.usage_error(f"no option {name!r}" + ("" if close is None else f"; did you mean {close}?"))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a mistyped one is most like, None where it is like none."""
    from difflib import get_close_matches  # noqa: PLC0415 - takes its time, and for errors alone

    return next(iter(get_close_matches(word.lower(), known, 1)), None)


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _name(word: str) -> str:
    """Return the name in `--name` or `--name=value`."""
    return word.partition("=")[0]
