"""Whether one pattern with wildcards matches all that another one matches, decided from the patterns alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Shape", "covers", "shape_of", "with_at_sign", "within_addresses"]

_SHORTEST = 3
"""Characters of the shortest Internet address, `a@b`."""


class Gap(NamedTuple):
    """A run of wildcards: at least `least` characters where it has a star, else exactly so many."""

    least: int
    star: bool


class Shape(NamedTuple):
    """A pattern as its literal characters, in order, and the runs of wildcards by how many of those precede them.

    Patterns of one shape match the same texts: `%*` and `*%` have one.
    """

    literals: str
    gaps: dict[int, Gap]


def shape_of(pattern: str, wildcards: str) -> Shape:
    """Return the shape of a folded pattern; `wildcards` has `*`, and `%` where that is one character."""
    literals: list[str] = []
    gaps: dict[int, Gap] = {}
    for character in pattern:
        if character not in wildcards:
            literals.append(character)
            continue
        least, star = gaps.get(len(literals), Gap(0, False))
        gaps[len(literals)] = Gap(least, True) if character == "*" else Gap(least + 1, star)
    return Shape("".join(literals), gaps)


def covers(wide: Shape, narrow: Shape) -> bool:
    """Return whether one pattern matches all texts without wildcards that another one with the same literals matches.

    Since the narrow one matches texts in which its wildcards stand for characters that occur in neither, each literal
    of the wide one must stand for its equal, and so each gap for the gap at the same place.
    """
    if wide.literals != narrow.literals or not narrow.gaps.keys() <= wide.gaps.keys():
        return False
    return all(_is_wide(gap, narrow.gaps.get(place, Gap(0, False))) for place, gap in wide.gaps.items())


def _is_wide(wide: Gap, narrow: Gap) -> bool:
    if wide.star:
        return narrow.least >= wide.least
    return not narrow.star and narrow.least == wide.least


def within_addresses(shape: Shape) -> Shape:
    """Return a shape of the Internet addresses among the texts of one: both sides of the `@` have characters."""
    literals, gaps = shape.literals, dict(shape.gaps)
    if not literals and gaps:
        gaps[0] = Gap(max(gaps[0].least, _SHORTEST), gaps[0].star)
    ends = ((0, literals[:1]), (len(literals), literals[-1:]))
    for place, beside in ends:
        if beside == "@" and place in gaps:
            gaps[place] = Gap(max(gaps[place].least, 1), gaps[place].star)
    return Shape(literals, gaps)


def with_at_sign(shape: Shape) -> Iterator[Shape | None]:
    """Yield shapes that together match the addresses of one without a literal `@`: one for each run that may hold it.

    None for a run of several `%`, which no one shape describes.
    """
    literals = shape.literals
    for place, gap in shape.gaps.items():
        if not gap.star and gap.least > 1:
            yield None
            continue
        moved = {at + (at > place): other for at, other in shape.gaps.items() if at != place}
        if gap.star:
            moved[place] = Gap(int(place == 0), True)
            moved[place + 1] = Gap(int(place == len(literals)), True)
        yield Shape(f"{literals[:place]}@{literals[place:]}", moved)
