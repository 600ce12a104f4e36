"""What a strategy draws from: the domains behind it, and what Hypothesis is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rankladder import Int, Orthogonal, Problem, Real, Spectrum, claim, strategies
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.domains.scalars import Domain

FEW = settings(max_examples=15, derandomize=True, database=None, deadline=None)


@pytest.fixture
def domains(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The domains that values were asked of."""
    asked: list[Any] = []
    true = strategies.values

    def values(domain: Domain) -> st.SearchStrategy[Any]:
        asked.append(domain)
        return true(domain)

    monkeypatch.setattr(strategies, "values", values)
    return asked


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ((), 0, F(1, 2)),
        (("monotone",), 0, F(1, 2)),
        (("convergent",), F(1, 2), 1),
        (("bounded",), 1, 2),
        (("divergent",), 2, 8),
    ],
)
def test_a_regime_is_a_range_of_steps(
    words: tuple[str, ...], low: Any, high: Any, domains: list[Any]
) -> None:
    strategies.step_sizes(*words)
    assert domains == [Real(low, high, closed="right")]
    domains.clear()
    strategies.one_mode(*words)
    assert domains == [Real(low, high, closed="right"), Real(0, 1)]
    domains.clear()
    strategies.one_mode(*words, z0=(0, 0.25))
    assert domains[1] == Real(0, F(1, 4))


def test_spectra_are_those_of_their_arguments(domains: list[Any]) -> None:
    strategies.spectra()
    strategies.spectra(3, lower=F(1, 2), upper=9, gap=F(1, 10), condition=10, nulls=1)
    assert domains == [
        Spectrum(Int(1, 8), F(1, 4), 4, 0, True, None, 0),
        Spectrum(3, F(1, 2), 9, gap=F(1, 10), condition=10, nulls=1),
    ]


def test_matrices_and_problems_are_drawn_exactly_and_given_in_floats(domains: list[Any]) -> None:
    seen: list[Any] = []

    @FEW
    @given(
        strategies.orthogonal(3), strategies.problems(d=2, p=3), strategies.problems("whitened", gap=F(1, 4))
    )
    def check(Q: Any, problem: Any, white: Any) -> None:
        seen.append(problem)
        assert Q.shape == (3, 3) and Q.dtype == np.float64
        np.testing.assert_allclose(Q @ Q.T, np.eye(3), atol=1e-12)
        assert problem.Sxy.shape == (2, 3) and problem.Sxy.dtype == np.float64
        np.testing.assert_allclose(white.Sxx, np.eye(white.d), atol=1e-12)

    check()
    assert seen and domains == [
        Orthogonal(3),
        Problem(d=Int(2, 2), p=Int(3, 3)),
        Problem(kind="whitened", gap=F(1, 4)),
    ]


def test_problems_have_room_for_their_modes() -> None:
    each: list[dict[str, Any]] = [{"d": 2}, {"p": 2}, {"r": 2}]
    for ranges in each:
        strategies.problems(modes=2, **ranges)
        with pytest.raises(
            ValueError, match=r"at most min\(d, p, r\) = 2 modes but got modes=the integers 3 to 8; give"
        ):
            strategies.problems(modes=Int(3, 8), **ranges)
    strategies.problems(modes=Int(2, 8), d=Int(1, 2))
    with pytest.raises(TypeError) as refused:
        strategies.problems(kinds=3)
    assert str(refused.value) == "Expected d, p, r, modes, sigma, lam, null, gap but got kinds=3; see Problem"


def test_a_start_has_the_frames_of_its_problem_and_a_scale_of_its_range(domains: list[Any]) -> None:
    domain = Problem(d=Int(3, 3), p=Int(2, 2))
    problem = domain.realise(domain.draw(RandomSource(1), None, {}), float)

    @FEW
    @given(strategies.starts(problem), strategies.starts(problem, delta=(2, 2.25)))
    def check(usual: Any, narrow: Any) -> None:
        for (W1, W2), low, high in ((usual, 1, 8), (narrow, 2, 2.25)):
            sizes = np.linalg.svd(W1, compute_uv=False)
            q = min(3, 2, problem.r)
            assert low < -np.log(sizes[0]) < high
            np.testing.assert_allclose(sizes[:q], sizes[0])
            inner = problem.U.T @ W1 @ W2 @ problem.V
            expected = np.zeros((3, 2))
            expected[range(q), range(q)] = sizes[0] ** 2
            np.testing.assert_allclose(inner, expected, atol=1e-12)
            np.testing.assert_allclose((W1 @ problem.Q.T)[:, q:], 0, atol=1e-12)

    check()
    assert domains == [Real(1, 8), Real(2, F(9, 4))]


@dataclass(frozen=True)
class Even(Domain):
    """Even numbers, drawn by drawing any and giving up on the others."""

    def draw(self, source: Any, bounds: Any, earlier: Any) -> int:
        number = int(source.integer(0, 99))
        if number % 2:
            raise Infeasible
        return number

    def realise(self, value: int, number: Any) -> Any:
        return number(value)

    def contains(self, value: Any, earlier: Any) -> bool:
        return True

    def mutate(self, value: int, source: Any) -> int:
        return value

    def simpler(self, value: int) -> Any:
        return iter(())

    def weight(self, value: int) -> float:
        return float(value)


def test_what_cannot_be_drawn_is_drawn_again() -> None:
    drawn: list[int] = []
    made = claim("t-even", over={"n": Even(), "m": Even()})(lambda n, m: n + m)

    @settings(FEW, suppress_health_check=[HealthCheck.filter_too_much])
    @given(strategies.values(Even()), strategies.instances(made))
    def check(n: int, instance: Any) -> None:
        assert list(instance) == ["n", "m"]
        drawn.extend([n, *instance.values()])

    check()
    assert len(drawn) == 45 and all(n % 2 == 0 for n in drawn) and len(set(drawn)) > 5


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: strategies.instances("GD-1"), "Expected a Claim but got 'GD-1'; pass what @claim returned"),  # type: ignore[arg-type]
        (lambda: strategies.values(3), "Expected a domain such as Real(0, 1) but got 3"),  # type: ignore[arg-type]
        (lambda: strategies.values(Orthogonal("n")), "Expected a parameter named 'n' before the matrix; put it first in over=, or give a number or Int(1, 8)"),
        (lambda: strategies.step_sizes("fast"), "Expected regime monotone, convergent, bounded, divergent but got 'fast'"),
        (lambda: strategies.starts(3), "Expected a problem but got 3; draw one from strategies.problems()"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_refusals_in_full(call: Callable[[], object], said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as error:
        call()
    assert str(error.value) == said


def test_profiles_differ_in_how_hard_they_look() -> None:
    assert strategies.register_profiles() == ("dev", "ci", "explore", "deep")
    found = {name: settings.get_profile(name) for name in strategies.register_profiles()}
    assert {name: made.max_examples for name, made in found.items()} == {
        "dev": 20, "ci": 200, "explore": 2000, "deep": 20000,
    }  # fmt: skip
    assert {made.deadline for made in found.values()} == {None}
    assert found["ci"].derandomize is True and found["ci"].print_blob is True
    assert HealthCheck.too_slow in found["deep"].suppress_health_check


def test_a_gap_leaves_room_for_so_many_modes() -> None:
    sizes: set[int] = set()
    large: Any = {name: Int(4, 8) for name in "dpr"}

    @settings(FEW, max_examples=60)
    @given(strategies.problems(gap=1, **large))
    def check(problem: Any) -> None:
        assert all(a - b >= 1 for a, b in zip(problem.sigma, problem.sigma[1:], strict=False))
        sizes.add(problem.m)

    check()  # sigma in [1/4, 4]
    assert sizes == {1, 2, 3, 4}
    strategies.problems(gap=1, modes=4, **large)
    with pytest.raises(
        ValueError, match=r"Expected room for 5 sigma but got .* gaps at least 1; widen sigma"
    ):
        strategies.problems(gap=1, modes=5, **large)
