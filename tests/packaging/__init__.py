"""Tests of what is installed, what may import what, and what the README tells to type."""
