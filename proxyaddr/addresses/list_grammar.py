"""The transformer of grammar/proxy_list.lark, which loads lark: for the lists that are in no common form."""

from __future__ import annotations

from lark import Token, Transformer

from proxyaddr._text.grammar import Grammar

__all__ = ["PROXIES"]


class _ProxyTransformer(Transformer[Token, list[Token]]):
    """Returns the items of a list as tokens, which know their places and what they are."""

    def proxy_list(self, tokens: list[Token]) -> list[Token]:
        """proxy_list: item (SEPARATOR item)*."""
        return tokens

    proxy_address = proxy_list


# No terminal has a name: only an error of the grammar would show it, and a list never fails to parse
PROXIES = Grammar("proxy_list.lark", ("proxy_address", "proxy_list"), _ProxyTransformer(), {})
