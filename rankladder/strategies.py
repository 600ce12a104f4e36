"""Hypothesis strategies: every generator of this package in anyone's own ``@given`` tests.

Each strategy draws exact values from integers, so examples replay and shrink. How hard to look is Hypothesis's to
say: :func:`register_profiles` adds four profiles, of which one is loaded in its usual ways.
"""

from __future__ import annotations

import contextlib
from dataclasses import fields
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rankladder.domains.arguments import exact_range
from rankladder.domains.domain import Domain
from rankladder.domains.matrices import Orthogonal, Spectrum
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.domains.scalars import Int, Real
from rankladder.search.instances import HypothesisSource, instances
from rankladder.simulate.joint_problems import Kind, Problem, ProblemView

__all__ = [
    "instances", "one_mode", "orthogonal", "problems", "register_profiles", "spectra", "starts",
    "step_sizes", "values",
]  # fmt: skip


def values(domain: Domain) -> st.SearchStrategy[Any]:
    """Exact values of one domain: ``values(Real(0, 1))``, ``values(Orthogonal(3))``.

    Raises:
        TypeError: for anything that is not a domain.
        ValueError: for a size given as a parameter's name, which only a claim can resolve.

    >>> from rankladder import Int
    >>> values(Int(1, 3)).validate()
    """
    if not isinstance(domain, Domain):
        raise TypeError(f"Expected a domain such as Real(0, 1) but got {domain!r}")
    with contextlib.suppress(Infeasible):
        domain.draw(RandomSource(0), None, {})  # one that names a parameter for its size says so now

    @st.composite
    def drawn(draw: Any) -> Any:
        from hypothesis import reject

        try:
            return domain.draw(HypothesisSource(draw), None, {})
        except Infeasible:
            reject()

    return drawn()


_REGIMES = {
    "monotone": (0, Fraction(1, 2)),
    "convergent": (Fraction(1, 2), 1),
    "bounded": (1, 2),
    "divergent": (2, 8),
}


def step_sizes(regime: str = "monotone") -> st.SearchStrategy[Fraction]:
    """Normal-form steps ``s = eta sigma_1`` of one regime: the lower end excluded, the upper included.

    Args:
        regime: ``monotone`` (0, 1/2], ``convergent`` (1/2, 1], ``bounded`` (1, 2], ``divergent`` (2, 8].

    Raises:
        ValueError: for another name.

    >>> step_sizes("convergent").validate()
    """
    if regime not in _REGIMES:
        raise ValueError(f"Expected regime {', '.join(_REGIMES)} but got {regime!r}")
    return values(Real(*_REGIMES[regime], closed="right"))


def one_mode(
    regime: str = "monotone", *, z0: tuple[Any, Any] = (0, 1)
) -> st.SearchStrategy[tuple[Fraction, Fraction]]:
    """One mode in normal form, ``(s, z0)``: a step of a regime and a start in the open interval ``z0``.

    Raises:
        ValueError, TypeError: for an unknown regime, and for a ``z0`` that is no interval from 0 on.

    >>> one_mode().validate()
    """
    return st.tuples(step_sizes(regime), values(Real(*exact_range("one_mode", "z0", z0, touching=False))))


def spectra(
    size: int | Int = Int(1, 8),  # noqa: B008 - frozen
    *,
    lower: Any = Fraction(1, 4),
    upper: Any = 4,
    gap: Any = 0,
    condition: Any = None,
    nulls: int = 0,
) -> st.SearchStrategy[tuple[Fraction, ...]]:
    """Nonincreasing spectra; ties come often unless there is a ``gap``. Arguments as for :class:`Spectrum`.

    Raises:
        ValueError, TypeError: for a size below 1, an empty range, a negative gap or number of nulls.

    >>> spectra(3, gap=Fraction(1, 10), condition=10).validate()
    """
    return values(Spectrum(size, lower, upper, gap, True, condition, nulls))


def orthogonal(n: int | Int) -> st.SearchStrategy[Any]:
    """Orthogonal float64 matrices of order ``n``, hardly ever symmetric; exact over the rationals before rounding.

    Raises:
        ValueError, TypeError: for anything but an order from 1 on.

    >>> orthogonal(3).validate()
    """
    domain = Orthogonal(n)
    return values(domain).map(lambda value: domain.realise(value, float))


def problems(kind: Kind = "commuting", **ranges: Any) -> st.SearchStrategy[ProblemView]:
    """Problems in float64: ``Sxx``, ``Sxy``, their joint decomposition and shapes (see :class:`Problem`).

    Args:
        kind: ``commuting``, ``whitened``, ``autoencoder`` or ``noncommuting``.
        ranges: ``d=Int(2, 5)`` or ``d=3``, ``gap=0.1`` and the other arguments of :class:`Problem`.

    Raises:
        ValueError, TypeError: for an unknown kind or argument, an empty or negative range.

    >>> problems("whitened", d=Int(2, 3)).validate()
    """
    known = [name.name for name in fields(Problem) if name.name != "kind"]
    for name in ranges:
        if name not in known:
            raise TypeError(f"Expected {', '.join(known)} but got {name}={ranges[name]!r}; see Problem")
    domain = Problem(kind=kind, **ranges)
    room = min(domain.d.upper, domain.p.upper, domain.r.upper)
    if domain.modes.lower > room:
        raise ValueError(
            f"Expected at most min(d, p, r) = {room} modes but got modes={domain.modes}; give larger shapes"
        )
    return values(domain).map(lambda value: domain.realise(value, float))


def starts(problem: ProblemView, *, delta: tuple[Any, Any] = (1, 8)) -> st.SearchStrategy[tuple[Any, Any]]:
    """Spectral starts ``(W1, W2)`` of scale ``exp(-delta)`` for a problem, float64.

    Args:
        problem: what :func:`problems` drew.
        delta: an open interval from 0 on.

    Raises:
        ValueError, TypeError: for anything else.

    >>> from rankladder.domains.randomness import RandomSource
    >>> starts(Problem().realise(Problem().draw(RandomSource(1), None, {}), float)).validate()
    """
    from rankladder.simulate import spectral_start

    if not isinstance(problem, ProblemView):
        raise TypeError(f"Expected a problem but got {problem!r}; draw one from strategies.problems()")
    scale = Real(*exact_range("starts", "delta", delta, touching=False))
    return values(scale).map(lambda d: spectral_start(problem.U, problem.V, problem.Q, float(d)))


_PROFILES: dict[str, dict[str, Any]] = {
    "dev": {"max_examples": 20},
    "ci": {"max_examples": 200, "derandomize": True, "print_blob": True},
    "explore": {"max_examples": 2_000},
    "deep": {"max_examples": 20_000, "suppress_health_check": [HealthCheck.too_slow]},
}


def register_profiles() -> tuple[str, ...]:
    """Register the Hypothesis profiles ``dev``, ``ci``, ``explore`` and ``deep``; returns their names.

    Call it in ``conftest.py``; then ``pytest --hypothesis-profile deep`` or
    ``hypothesis.settings.load_profile("dev")`` chooses one. ``dev`` draws 20 examples a test, ``ci`` 200, the same in
    every run, ``explore`` 2,000, ``deep`` 20,000. None has a deadline: the first call of a compiled function takes
    longer than any that would tell something. A profile of yours with one of these names is replaced.

    >>> register_profiles()
    ('dev', 'ci', 'explore', 'deep')
    """
    for name, options in _PROFILES.items():
        settings.register_profile(name, deadline=None, **options)
    return tuple(_PROFILES)
