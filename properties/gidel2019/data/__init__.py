"""A data set and what the theory says about it: reading, geometry, runs, assertions, claims restricted to it."""
