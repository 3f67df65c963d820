"""Files as bytes to records: text, JSON and TOML, LDIF, registry exports."""
