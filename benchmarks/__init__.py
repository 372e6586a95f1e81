"""Benchmarks: `python -m benchmarks` prints one table of ratios, measured in one run without a network."""
