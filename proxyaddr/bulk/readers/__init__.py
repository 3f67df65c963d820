"""Readers of whole files, one file a format."""
