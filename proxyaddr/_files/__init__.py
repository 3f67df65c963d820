"""Readers of files: text and CSV, JSON and TOML, LDIF, registry exports."""
