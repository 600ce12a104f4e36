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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from properties import strategies as strategies
    from properties.assumptions import Otherwise as Otherwise
    from properties.domains import Int as Int
    from properties.domains import Real as Real
    from properties.enclosure import equal as equal
    from properties.enclosure import exists as exists
    from properties.enclosure import exp as exp
    from properties.enclosure import expm1 as expm1
    from properties.enclosure import forall as forall
    from properties.enclosure import frobenius as frobenius
    from properties.enclosure import iff as iff
    from properties.enclosure import implies as implies
    from properties.enclosure import least as least
    from properties.enclosure import log as log
    from properties.enclosure import log1p as log1p
    from properties.enclosure import logit as logit
    from properties.enclosure import most as most
    from properties.enclosure import sqrt as sqrt
    from properties.enclosure import strictly as strictly
    from properties.enclosure import tanh as tanh
    from properties.enclosure import within as within
    from properties.instance import Instance as Instance
    from properties.judging import judge as judge
    from properties.library import check as check
    from properties.library import load_catalogue as load_catalogue
    from properties.matrices import Invertible as Invertible
    from properties.matrices import Matrix as Matrix
    from properties.matrices import Orthogonal as Orthogonal
    from properties.matrices import Spectrum as Spectrum
    from properties.problems import Problem as Problem
    from properties.sequences import always as always
    from properties.statement import Claim as Claim
    from properties.statement import claim as claim
    from properties.statement import lemma as lemma
    from properties.statement import symbols as symbols
    from properties.verdict import Evidence as Evidence
    from properties.verdict import Expectation as Expectation
    from properties.verdict import Result as Result
    from properties.verdict import Verdict as Verdict
    from simulate.balls import Ball as Ball

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
    "always": "properties.sequences",
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
