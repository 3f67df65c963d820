"""One question a file, peers measured in the same run; `python -m benchmarks` asks them all."""
