"""Ours beside what a user would run instead: ``python -m benchmarks``.

Every pair is timed in turns within one run, and checked to compute the same thing. Speed is told as a ratio of two
medians: the numbers themselves belong to the machine, and to what else ran on it.
"""
