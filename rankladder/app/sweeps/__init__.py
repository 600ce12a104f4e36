"""Sweeps: one quantity, or the margin of a claim, over a grid or a sample of its parameters."""
