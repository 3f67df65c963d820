"""Addresses inside the engines that hold the data: one module for each engine, loaded when it is imported.

`polars`, `duckdb` and `spark` have the same functions, `route`, `route_index`, `parse`, `normalize`, `decapsulate` and
`validate`, with the answers of `proxyaddr.columns`; `spark` has `audit` too. Each can be imported without its engine,
and its functions then raise a ConfigurationError that names the extra to install. pandas needs no module:
`proxyaddr.columns` takes its text columns.
"""
