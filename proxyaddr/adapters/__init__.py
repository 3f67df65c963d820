"""Addresses inside the engines that hold the data: one module an engine, alike in shape, loaded when it is imported.

`polars`, `duckdb` and `spark` each have `route`, `route_index`, `parse`, `normalize` and `decapsulate`, with the
answers of `proxyaddr.columns`. pandas needs none: `proxyaddr.columns` takes its text columns as they are.
"""
