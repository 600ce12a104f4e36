"""Proofs and certificates: what holds for all reals, and what holds on a box."""
