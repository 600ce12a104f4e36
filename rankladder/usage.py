"""The error that bad usage or input raises: printed as one line, exit code 2."""

__all__ = ["UsageError"]


class UsageError(ValueError):
    """Bad usage or input; the message names value, requirement and remedy."""
