"""Proofs of the claims that are functions: their own conclusions, run on symbols or on words in matrices."""
