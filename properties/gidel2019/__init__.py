"""The catalogue: every claim of the theory, one module a family. Adding a claim is one edit in one file."""
