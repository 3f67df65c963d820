"""Address values and their parsers: one-off addresses, proxy addresses, lists of either."""
