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
    from properties.engine.judging import judge as judge
    from properties.generators.domains import Int as Int
    from properties.generators.domains import Real as Real
    from properties.generators.matrices import Invertible as Invertible
    from properties.generators.matrices import Matrix as Matrix
    from properties.generators.matrices import Orthogonal as Orthogonal
    from properties.generators.matrices import Spectrum as Spectrum
    from properties.generators.problems import Problem as Problem
    from properties.library import check as check
    from properties.library import load_catalogue as load_catalogue
    from properties.library import prove as prove
    from properties.proving.result import Proof as Proof
    from properties.stating.assumptions import Otherwise as Otherwise
    from properties.stating.enclosure import arccos as arccos
    from properties.stating.enclosure import arcsin as arcsin
    from properties.stating.enclosure import arctan as arctan
    from properties.stating.enclosure import cos as cos
    from properties.stating.enclosure import cosh as cosh
    from properties.stating.enclosure import equal as equal
    from properties.stating.enclosure import exists as exists
    from properties.stating.enclosure import exp as exp
    from properties.stating.enclosure import expm1 as expm1
    from properties.stating.enclosure import forall as forall
    from properties.stating.enclosure import frobenius as frobenius
    from properties.stating.enclosure import iff as iff
    from properties.stating.enclosure import implies as implies
    from properties.stating.enclosure import least as least
    from properties.stating.enclosure import log as log
    from properties.stating.enclosure import log1p as log1p
    from properties.stating.enclosure import log2 as log2
    from properties.stating.enclosure import logit as logit
    from properties.stating.enclosure import most as most
    from properties.stating.enclosure import sin as sin
    from properties.stating.enclosure import sinh as sinh
    from properties.stating.enclosure import sqrt as sqrt
    from properties.stating.enclosure import strictly as strictly
    from properties.stating.enclosure import tan as tan
    from properties.stating.enclosure import tanh as tanh
    from properties.stating.enclosure import within as within
    from properties.stating.instance import Instance as Instance
    from properties.stating.matrices import determinant as determinant
    from properties.stating.matrices import eigenvalues as eigenvalues
    from properties.stating.matrices import inverse as inverse
    from properties.stating.matrices import leading_projection as leading_projection
    from properties.stating.matrices import nuclear_norm as nuclear_norm
    from properties.stating.matrices import reduced_rank_losses as reduced_rank_losses
    from properties.stating.matrices import reduced_rank_solution as reduced_rank_solution
    from properties.stating.matrices import singular_values as singular_values
    from properties.stating.matrices import solve as solve
    from properties.stating.matrices import spectral_norm as spectral_norm
    from properties.stating.matrices import truncated as truncated
    from properties.stating.sequences import always as always
    from properties.stating.statement import Claim as Claim
    from properties.stating.statement import claim as claim
    from properties.stating.statement import lemma as lemma
    from properties.stating.statement import symbols as symbols
    from properties.stating.verdict import Evidence as Evidence
    from properties.stating.verdict import Expectation as Expectation
    from properties.stating.verdict import Result as Result
    from properties.stating.verdict import Verdict as Verdict
    from simulate.balls import Ball as Ball

# name -> module; loaded on first use, because SymPy and Hypothesis take most of a second to import
_EXPORTS = {
    "Ball": "simulate.balls",
    "Claim": "properties.stating.statement",
    "Evidence": "properties.stating.verdict",
    "Expectation": "properties.stating.verdict",
    "Instance": "properties.stating.instance",
    "Int": "properties.generators.domains",
    "Invertible": "properties.generators.matrices",
    "Matrix": "properties.generators.matrices",
    "Orthogonal": "properties.generators.matrices",
    "Otherwise": "properties.stating.assumptions",
    "Problem": "properties.generators.problems",
    "Proof": "properties.proving.result",
    "Real": "properties.generators.domains",
    "Result": "properties.stating.verdict",
    "Spectrum": "properties.generators.matrices",
    "Verdict": "properties.stating.verdict",
    "load_catalogue": "properties.library",
    "always": "properties.stating.sequences",
    "check": "properties.library",
    "claim": "properties.stating.statement",
    "equal": "properties.stating.enclosure",
    "exists": "properties.stating.enclosure",
    "exp": "properties.stating.enclosure",
    "expm1": "properties.stating.enclosure",
    "forall": "properties.stating.enclosure",
    "frobenius": "properties.stating.enclosure",
    "iff": "properties.stating.enclosure",
    "implies": "properties.stating.enclosure",
    "judge": "properties.engine.judging",
    "least": "properties.stating.enclosure",
    "lemma": "properties.stating.statement",
    "log": "properties.stating.enclosure",
    "log1p": "properties.stating.enclosure",
    "logit": "properties.stating.enclosure",
    "most": "properties.stating.enclosure",
    "prove": "properties.library",
    "sqrt": "properties.stating.enclosure",
    "strictly": "properties.stating.enclosure",
    "symbols": "properties.stating.statement",
    "tanh": "properties.stating.enclosure",
    "within": "properties.stating.enclosure",
    "arccos": "properties.stating.enclosure",
    "arcsin": "properties.stating.enclosure",
    "arctan": "properties.stating.enclosure",
    "cos": "properties.stating.enclosure",
    "cosh": "properties.stating.enclosure",
    "log2": "properties.stating.enclosure",
    "sin": "properties.stating.enclosure",
    "sinh": "properties.stating.enclosure",
    "tan": "properties.stating.enclosure",
    "determinant": "properties.stating.matrices",
    "eigenvalues": "properties.stating.matrices",
    "inverse": "properties.stating.matrices",
    "leading_projection": "properties.stating.matrices",
    "nuclear_norm": "properties.stating.matrices",
    "reduced_rank_losses": "properties.stating.matrices",
    "reduced_rank_solution": "properties.stating.matrices",
    "singular_values": "properties.stating.matrices",
    "solve": "properties.stating.matrices",
    "spectral_norm": "properties.stating.matrices",
    "truncated": "properties.stating.matrices",
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
