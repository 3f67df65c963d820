"""Objects as PowerShell shows and keeps them: Format-List text, CLIXML, and what it prints in place of a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat

from proxyaddr._files.text import each_line, lines_of
from proxyaddr._text.types import TRIMMED
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import Limits

__all__ = [
    "FORMAT_TABLE",
    "LISTED",
    "MARK",
    "clixml_objects",
    "is_format_list",
    "is_format_table",
    "listed_objects",
    "without_prompt",
]

LISTED = re.compile(r"([^\s:,;](?:[^:]*[^: ])?) *: ?(.*)")
"""A property of Format-List: the name, padded with blanks, and the value after ` : `.

The name ends in no blank, so that a line of blanks without a colon is looked through once, not once for each of them.
"""

FORMAT_TABLE = "the text of Format-Table, which cuts values off; export with `| Export-Clixml FILE`"
"""What is said of a text that is refused."""

_RULE = re.compile(r"-+(?: +-+)*")
_PADDED = re.compile(r"[A-Za-z][\w.@ -]* : .*|[A-Za-z][\w.@ -]* :")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_CHUNK = 1 << 16

_PROMPT = re.compile(r"(?:\[[^\]\n]{1,256}\]: ?)?(?:\[PS\]|PS) [^>\n]{0,1024}>.*")
"""What was typed in a window of PowerShell or of the shell of Exchange, in a text that was copied from there."""

TOP_LIST = 3
"""Open elements in the list that `Export-Clixml -InputObject` writes of several objects: Objs, Obj, and the list."""

MARK = "#< CLIXML"
"""The line before a document on the standard output of powershell.exe."""

WHOLE_NUMBERS = frozenset({"I16", "I32", "I64", "U16", "U32", "U64", "By", "SB"})
"""Elements of CLIXML that hold a whole number (MS-PSRP 2.2.5.1)."""

LISTS = frozenset({"LST", "STK", "QUE", "IE"})
"""Elements of CLIXML that hold the members of a collection (MS-PSRP 2.2.5.2.6)."""

MEMBERS = frozenset({"Props", "MS"})
"""Elements of CLIXML that hold the properties of an object (MS-PSRP 2.2.5.2.2)."""


def is_format_table(text: str) -> bool:
    """Return whether a text is what Format-Table prints: a header, and below it a line of hyphens for each column."""
    lines = [line.strip() for line in lines_of(text[:_CHUNK]) if line.strip()]
    return len(lines) > 1 and _RULE.fullmatch(lines[1]) is not None and "---" in lines[1]


def is_format_list(text: str) -> bool:
    """Return whether a text is what Format-List prints: its first line that is not empty is `Name : value`."""
    first = text.lstrip()[:_CHUNK].partition("\n")[0].rstrip()
    return _PADDED.fullmatch(first) is not None


def without_prompt(text: str) -> str:
    """Return a text without the command that it begins with, where it was copied together with its output."""
    return text.partition("\n")[2].lstrip() if _PROMPT.match(text) else text


def listed_objects(text: str) -> Iterator[tuple[int, dict[str, object]] | tuple[int, None]]:
    """Yield the line and the properties of each object of Format-List; None for a line that is no property.

    A value goes on in the lines below it that start with a blank. Where PowerShell broke it between two words or two
    members of a list, a blank stands at the place; where it broke a word at the width of the window, nothing does.
    """
    block: dict[str, list[str]] = {}
    parts: list[str] = []
    start, name = 0, ""
    width = max(map(len, each_line(text)), default=0)
    length = 0
    for number, line in enumerate(each_line(text), 1):
        length_above, length = length, len(line)
        written = line.rstrip(TRIMMED)
        if not written or _PROMPT.match(written):
            if block:
                yield start, _joined(block)
            block, name = {}, ""
        elif name and written[0] in TRIMMED:
            is_broken = length_above >= width and not parts[-1].endswith(",")
            parts += ["" if is_broken else " ", written.strip(TRIMMED)]
        elif match := LISTED.fullmatch(written):
            if name and match[1] in block:  # an object that no empty line separates from the one before
                yield start, _joined(block)
                block = {}
            start = start if block else number
            name, parts = match[1], [match[2]]
            block[name] = parts
        else:
            yield number, None
    if block:
        yield start, _joined(block)


def _joined(block: dict[str, list[str]]) -> dict[str, object]:
    return {name: "".join(parts) for name, parts in block.items()}


def clixml_objects(pieces: Iterable[str], source: str, limits: Limits) -> Iterator[tuple[int, object]]:
    """Yield the line and the value of each object of a CLIXML document, as Export-Clixml writes it (MS-PSRP 2.2.5).

    The document comes in pieces, and the line that standard output begins with is left out. Objects are dictionaries,
    collections lists. ConfigurationError for what is no CLIXML, has a document type (its entities could make a short
    text a huge one), or is nested too deeply.
    """
    reader = _ClixmlReader(source, limits)
    for piece in pieces:
        for place in range(0, len(piece), _CHUNK):  # so that few objects are held at a time
            reader.feed(piece[place : place + _CHUNK])
            yield from reader.taken()
    reader.close()
    yield from reader.taken()


class _Open:
    """An element that has begun: its tag and name, its text, and the values in it."""

    __slots__ = ("line", "members", "name", "reference", "shown", "tag", "text", "values")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag = tag
        self.name = attributes.get("N")
        self.reference = attributes.get("RefId", "")
        self.line = line
        self.text: list[str] = []
        self.shown: str | None = None
        self.members: dict[str, object] = {}
        self.values: list[object] | None = None


class _ClixmlReader:
    """Builds values while expat reads; memory holds one object and those that later ones refer to."""

    def __init__(self, source: str, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._stack: list[_Open] = []
        self._known: dict[str, object] = {}
        self._done: list[tuple[int, object]] = []
        self._begun = False
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type

    def feed(self, text: str) -> None:
        if not self._begun and text.lstrip("\ufeff \t\r\n").startswith(MARK):
            text = text.partition("\n")[2]
        self._begun = True
        self._parse(text.encode("utf-8", "replace"), is_final=False)

    def close(self) -> None:
        self._parse(b"", is_final=True)

    def taken(self) -> list[tuple[int, object]]:
        """Return the objects that were completed since the last call."""
        done, self._done = self._done, []
        return done

    def _parse(self, data: bytes, *, is_final: bool) -> None:
        try:
            self._parser.Parse(data, is_final)
        except expat.ExpatError as error:
            message = f"not XML: {expat.ErrorString(error.code)}"
            raise ConfigurationError("bad-clixml", message, source=self._source, line=error.lineno) from None

    def _refuse_document_type(self, *_: Any) -> None:  # noqa: ANN401 - what expat passes is not used
        raise self._error("CLIXML has no document type")

    def _error(self, message: str) -> ConfigurationError:
        line = self._parser.CurrentLineNumber
        return ConfigurationError("bad-clixml", message, source=self._source, line=line)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._stack and tag != "Objs":
            raise self._error(f"expected CLIXML, whose root is Objs, not {tag[:60]}")
        if len(self._stack) > 4 * self._limits.nesting:  # an object in an object is up to four elements deeper
            raise self._error(f"nested deeper than {self._limits.nesting}")
        opened = _Open(tag, attributes, self._parser.CurrentLineNumber)
        if tag in LISTS and self._stack:
            self._stack[-1].values = []
        self._stack.append(opened)

    def _characters(self, text: str) -> None:
        self._stack[-1].text.append(text)

    def _end(self, tag: str) -> None:
        closed = self._stack.pop()
        if not self._stack:
            return
        if tag in MEMBERS or tag in LISTS or tag == "DCT":
            return
        outer = self._stack[-1]
        if tag == "En":
            self._holder().members[str(closed.members.get("Key"))] = closed.members.get("Value")
        elif tag not in ("TN", "TNRef", "T", "ToString", "SN", "D"):
            value = self._value(closed)
            if tag == "Obj" and closed.reference:
                self._known[closed.reference] = value
            self._place(outer, closed, value)
        elif tag == "ToString":
            outer.text.append(_unescaped("".join(closed.text)))
            outer.shown = outer.text[-1]

    def _place(self, outer: _Open, closed: _Open, value: object) -> None:
        """Keep a value where it belongs: among the members or the list of the object around it."""
        if self._is_of_document():
            if closed.values is None:  # else the members of the list were taken already
                self._done.append((closed.line, value))
        elif outer.tag in LISTS:
            holder = self._holder()
            if holder.values is not None:
                holder.values.append(value)
        elif closed.name is not None:
            holder = outer if outer.tag == "En" else self._holder()
            holder.members[_unescaped(closed.name)] = value
        elif outer.tag == "Obj":  # the text or number that an object with properties of its own is
            outer.text[:] = [str(value)]

    def _is_of_document(self) -> bool:
        """Return whether what is read is an object of the document: a part of no other, or of a list of all objects."""
        outer = self._stack[-1].tag
        return outer == "Objs" or (len(self._stack) == TOP_LIST and outer in LISTS)

    def _holder(self) -> _Open:
        """Return the object that is being read: the innermost element that is no part of one."""
        return next(opened for opened in reversed(self._stack) if opened.tag not in MEMBERS | LISTS | {"DCT", "En"})

    def _value(self, closed: _Open) -> object:
        text = "".join(closed.text)
        found: object = _unescaped(text)
        if closed.tag == "Ref":
            found = self._known.get(closed.reference)
        elif closed.tag == "Obj":
            if closed.members and closed.shown is not None and not self._is_of_document():
                closed.members.setdefault("ToString", closed.shown)
            found = (closed.members or text.strip(TRIMMED)) if closed.values is None else closed.values
        elif closed.tag == "Nil":
            found = None
        elif closed.tag == "B":
            found = text == "true"
        elif closed.tag in WHOLE_NUMBERS and re.fullmatch(r"-?[0-9]{1,20}", text):
            found = int(text)
        return found


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
