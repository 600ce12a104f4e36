"""rankladder's claims and checker: state a claim, get a verdict with evidence.

>>> from rankladder import Real, check, claim
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
    from rankladder import strategies as strategies
    from rankladder.properties.engine.judging import judge as judge
    from rankladder.properties.generators.domains import Int as Int
    from rankladder.properties.generators.domains import Real as Real
    from rankladder.properties.generators.matrices import Invertible as Invertible
    from rankladder.properties.generators.matrices import Matrix as Matrix
    from rankladder.properties.generators.matrices import Orthogonal as Orthogonal
    from rankladder.properties.generators.matrices import Spectrum as Spectrum
    from rankladder.properties.generators.problems import Problem as Problem
    from rankladder.properties.library import check as check
    from rankladder.properties.library import load_catalogue as load_catalogue
    from rankladder.properties.library import prove as prove
    from rankladder.properties.proving.result import Proof as Proof
    from rankladder.properties.stating.assumptions import Otherwise as Otherwise
    from rankladder.properties.stating.enclosure import arccos as arccos
    from rankladder.properties.stating.enclosure import arcsin as arcsin
    from rankladder.properties.stating.enclosure import arctan as arctan
    from rankladder.properties.stating.enclosure import cos as cos
    from rankladder.properties.stating.enclosure import cosh as cosh
    from rankladder.properties.stating.enclosure import equal as equal
    from rankladder.properties.stating.enclosure import exists as exists
    from rankladder.properties.stating.enclosure import exp as exp
    from rankladder.properties.stating.enclosure import expm1 as expm1
    from rankladder.properties.stating.enclosure import forall as forall
    from rankladder.properties.stating.enclosure import frobenius as frobenius
    from rankladder.properties.stating.enclosure import iff as iff
    from rankladder.properties.stating.enclosure import implies as implies
    from rankladder.properties.stating.enclosure import least as least
    from rankladder.properties.stating.enclosure import log as log
    from rankladder.properties.stating.enclosure import log1p as log1p
    from rankladder.properties.stating.enclosure import log2 as log2
    from rankladder.properties.stating.enclosure import logit as logit
    from rankladder.properties.stating.enclosure import most as most
    from rankladder.properties.stating.enclosure import sin as sin
    from rankladder.properties.stating.enclosure import sinh as sinh
    from rankladder.properties.stating.enclosure import sqrt as sqrt
    from rankladder.properties.stating.enclosure import strictly as strictly
    from rankladder.properties.stating.enclosure import tan as tan
    from rankladder.properties.stating.enclosure import tanh as tanh
    from rankladder.properties.stating.enclosure import within as within
    from rankladder.properties.stating.instance import Instance as Instance
    from rankladder.properties.stating.matrices import determinant as determinant
    from rankladder.properties.stating.matrices import eigenvalues as eigenvalues
    from rankladder.properties.stating.matrices import inverse as inverse
    from rankladder.properties.stating.matrices import leading_projection as leading_projection
    from rankladder.properties.stating.matrices import nuclear_norm as nuclear_norm
    from rankladder.properties.stating.matrices import reduced_rank_losses as reduced_rank_losses
    from rankladder.properties.stating.matrices import reduced_rank_solution as reduced_rank_solution
    from rankladder.properties.stating.matrices import singular_values as singular_values
    from rankladder.properties.stating.matrices import solve as solve
    from rankladder.properties.stating.matrices import spectral_norm as spectral_norm
    from rankladder.properties.stating.matrices import truncated as truncated
    from rankladder.properties.stating.sequences import always as always
    from rankladder.properties.stating.statement import Claim as Claim
    from rankladder.properties.stating.statement import claim as claim
    from rankladder.properties.stating.statement import lemma as lemma
    from rankladder.properties.stating.statement import symbols as symbols
    from rankladder.properties.stating.verdict import Evidence as Evidence
    from rankladder.properties.stating.verdict import Expectation as Expectation
    from rankladder.properties.stating.verdict import Result as Result
    from rankladder.properties.stating.verdict import Verdict as Verdict
    from rankladder.simulate.balls import Ball as Ball

# name -> module; loaded on first use, because SymPy and Hypothesis take most of a second to import
_EXPORTS = {
    "Ball": "rankladder.simulate.balls",
    "Claim": "rankladder.properties.stating.statement",
    "Evidence": "rankladder.properties.stating.verdict",
    "Expectation": "rankladder.properties.stating.verdict",
    "Instance": "rankladder.properties.stating.instance",
    "Int": "rankladder.properties.generators.domains",
    "Invertible": "rankladder.properties.generators.matrices",
    "Matrix": "rankladder.properties.generators.matrices",
    "Orthogonal": "rankladder.properties.generators.matrices",
    "Otherwise": "rankladder.properties.stating.assumptions",
    "Problem": "rankladder.properties.generators.problems",
    "Proof": "rankladder.properties.proving.result",
    "Real": "rankladder.properties.generators.domains",
    "Result": "rankladder.properties.stating.verdict",
    "Spectrum": "rankladder.properties.generators.matrices",
    "Verdict": "rankladder.properties.stating.verdict",
    "load_catalogue": "rankladder.properties.library",
    "always": "rankladder.properties.stating.sequences",
    "check": "rankladder.properties.library",
    "claim": "rankladder.properties.stating.statement",
    "equal": "rankladder.properties.stating.enclosure",
    "exists": "rankladder.properties.stating.enclosure",
    "exp": "rankladder.properties.stating.enclosure",
    "expm1": "rankladder.properties.stating.enclosure",
    "forall": "rankladder.properties.stating.enclosure",
    "frobenius": "rankladder.properties.stating.enclosure",
    "iff": "rankladder.properties.stating.enclosure",
    "implies": "rankladder.properties.stating.enclosure",
    "judge": "rankladder.properties.engine.judging",
    "least": "rankladder.properties.stating.enclosure",
    "lemma": "rankladder.properties.stating.statement",
    "log": "rankladder.properties.stating.enclosure",
    "log1p": "rankladder.properties.stating.enclosure",
    "logit": "rankladder.properties.stating.enclosure",
    "most": "rankladder.properties.stating.enclosure",
    "prove": "rankladder.properties.library",
    "sqrt": "rankladder.properties.stating.enclosure",
    "strictly": "rankladder.properties.stating.enclosure",
    "symbols": "rankladder.properties.stating.statement",
    "tanh": "rankladder.properties.stating.enclosure",
    "within": "rankladder.properties.stating.enclosure",
    "arccos": "rankladder.properties.stating.enclosure",
    "arcsin": "rankladder.properties.stating.enclosure",
    "arctan": "rankladder.properties.stating.enclosure",
    "cos": "rankladder.properties.stating.enclosure",
    "cosh": "rankladder.properties.stating.enclosure",
    "log2": "rankladder.properties.stating.enclosure",
    "sin": "rankladder.properties.stating.enclosure",
    "sinh": "rankladder.properties.stating.enclosure",
    "tan": "rankladder.properties.stating.enclosure",
    "determinant": "rankladder.properties.stating.matrices",
    "eigenvalues": "rankladder.properties.stating.matrices",
    "inverse": "rankladder.properties.stating.matrices",
    "leading_projection": "rankladder.properties.stating.matrices",
    "nuclear_norm": "rankladder.properties.stating.matrices",
    "reduced_rank_losses": "rankladder.properties.stating.matrices",
    "reduced_rank_solution": "rankladder.properties.stating.matrices",
    "singular_values": "rankladder.properties.stating.matrices",
    "solve": "rankladder.properties.stating.matrices",
    "spectral_norm": "rankladder.properties.stating.matrices",
    "truncated": "rankladder.properties.stating.matrices",
}

__all__ = sorted([*_EXPORTS, "strategies"])  # noqa: PLE0605 - one list, kept in one place


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    if name == "strategies":
        return import_module("rankladder.properties.strategies")
    raise AttributeError(f"module 'rankladder' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
