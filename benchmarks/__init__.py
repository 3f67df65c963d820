"""Benchmarks: each file answers one question and measures its peers in the same run (`python -m benchmarks`)."""
