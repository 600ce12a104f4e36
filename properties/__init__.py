"""rankladder's claims and checker: state a claim, get a verdict with evidence.

>>> from properties import Real, check, claim
>>> @claim("doc-init", over=dict(x=Real(0, 1)), title="a parabola stays below one quarter")
... def _(x):
...     return 1 / 4 - x * (1 - x)
>>> str(check("doc-init", examples=50).verdict)
'tested'
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# name -> module; loaded on first use, because SymPy and Hypothesis take most of a second to import
_EXPORTS = {
    "Ball": "simulate.balls",
    "Claim": "properties.statement",
    "Evidence": "properties.verdict",
    "Expectation": "properties.verdict",
    "Instance": "properties.instance",
    "Int": "properties.domains",
    "Invertible": "properties.matrices",
    "Matrix": "properties.matrices",
    "Orthogonal": "properties.matrices",
    "Otherwise": "properties.assumptions",
    "Problem": "properties.problems",
    "Real": "properties.domains",
    "Result": "properties.verdict",
    "Spectrum": "properties.matrices",
    "Verdict": "properties.verdict",
    "load_catalogue": "properties.library",
    "check": "properties.library",
    "claim": "properties.statement",
    "equal": "properties.enclosure",
    "exists": "properties.enclosure",
    "exp": "properties.enclosure",
    "expm1": "properties.enclosure",
    "forall": "properties.enclosure",
    "frobenius": "properties.enclosure",
    "iff": "properties.enclosure",
    "implies": "properties.enclosure",
    "judge": "properties.judging",
    "least": "properties.enclosure",
    "lemma": "properties.statement",
    "log": "properties.enclosure",
    "log1p": "properties.enclosure",
    "logit": "properties.enclosure",
    "most": "properties.enclosure",
    "sqrt": "properties.enclosure",
    "strictly": "properties.enclosure",
    "symbols": "properties.statement",
    "tanh": "properties.enclosure",
    "within": "properties.enclosure",
}

__all__ = sorted([*_EXPORTS, "strategies"])  # noqa: PLE0605 - one list, kept in one place


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    if name == "strategies":
        return import_module("properties.strategies")
    raise AttributeError(f"module 'properties' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
