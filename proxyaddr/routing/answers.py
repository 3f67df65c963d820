"""Where many addresses go, in the words of an explanation, without looking at every route for each of them."""

from __future__ import annotations

from collections.abc import Callable

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.routing.choice import candidate_of, choose, is_unknown, pending_candidates
from proxyaddr.routing.chooser import RouteChooser
from proxyaddr.routing.explanation import taken_by
from proxyaddr.routing.state import Message

__all__ = ["answers_of", "is_certain"]


def is_certain(table: RouteChooser) -> bool:
    """Return whether no answer of a table depends on accepted domains that nobody gave."""
    return table.accepted_domains is not None or not table.accepted_spaces


def answers_of(table: RouteChooser) -> Callable[[str], str]:
    """Return a function that says of an address what `table.explain(address).taken` does."""
    routes = table.routes
    if is_certain(table):
        match = table.compile().match

        def answer(address: str) -> str:
            index = match(address)
            return taken_by(None if index < 0 else routes[index])

        return answer
    states = table.connectors
    pending = pending_candidates(table.accepted_spaces, states)
    match_stated = RouteChooser(table.stated_routes, table.dialect, connectors=states.values()).compile().match

    def answer_or_unknown(address: str) -> str:
        index, target = match_stated(address), table.read(address)
        fit = None if index < 0 else routes[index].space.fit(target)
        known = None if fit is None else candidate_of(index, routes[index], fit, states)
        if target.type == DEFAULT_TYPE:  # the best of all is the best of the stated ones, or better than that
            chosen = choose([*([] if known is None else [known]), *pending], table.dialect, Message())
            if is_unknown(chosen, known):
                return taken_by(None, is_unknown=True)
        return taken_by(None if known is None else known.route)

    return answer_or_unknown
