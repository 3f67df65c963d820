"""Address spaces: type, pattern, cost, scope, and how one fits an address."""
