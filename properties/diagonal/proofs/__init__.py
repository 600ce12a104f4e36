"""Proofs that are written down."""
