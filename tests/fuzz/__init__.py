"""Fuzz targets for everything that reads what strangers wrote; tests/README.md says how to run them."""
