"""Proofs of the claims that are functions: their own conclusions, or the paper's at ``sigma - gamma``."""
