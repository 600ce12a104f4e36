"""What every domain promises: of draws, neighbours, simpler values, texts and arithmetics, and of each kind by itself."""

import itertools
import re
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder import Instance, Int, Invertible, Matrix, Orthogonal, Problem, Real, Spectrum, strategies
from rankladder.domains.domain import Bounds, Domain
from rankladder.domains.matrices import Rational, Reflections, identity
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.parsing import fitted, parse_instance
from rankladder.numbers.balls import Ball
from rankladder.search.instances import HypothesisSource

SMALL = {name: Int(1, 4) for name in ("d", "p", "r")}
EVERY: dict[str, Any] = {
    "real": Real(0, 4),
    "closed real": Real(F(-1, 3), F(1, 3), closed="both"),
    "half line": Real(1, None),
    "all reals": Real(),
    "one number": Real(2, 2, closed="both"),
    "integer": Int(-3, 60),
    "orthogonal": Orthogonal(Int(1, 4)),
    "invertible": Invertible(3),
    "matrix": Matrix(Int(1, 3), 2),
    "grid": Matrix(2, Int(1, 3), denominator=3),
    "spectrum": Spectrum(Int(1, 4)),
    "gapped spectrum": Spectrum(3, 0, 4, gap=F(1, 2)),
    "null spectrum": Spectrum(Int(2, 5), condition=3, nulls=2),
    "unordered": Spectrum(3, ordered=False),
    "commuting": Problem(**SMALL),
    "whitened": Problem(kind="whitened", **SMALL),
    "autoencoder": Problem(kind="autoencoder", **SMALL),
    "noncommuting": Problem(kind="noncommuting", p=Int(1, 4), r=Int(1, 4), d=Int(2, 4)),
    "gapped": Problem(gap=F(1, 2), **SMALL),
    "one sigma": Problem(sigma=(1, 1), **SMALL),
}
domains = pytest.mark.parametrize("domain", EVERY.values(), ids=EVERY)


def draws(domain: Domain, count: int, seed: int = 0, **earlier: Any) -> list[Any]:
    """That many draws which the domain has room for."""
    source, made = RandomSource(seed), []
    while len(made) < count:
        try:
            made.append(domain.draw(source, None, earlier))
        except Infeasible:
            continue
    return made


def refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match="^" + re.escape(message)):
        call()


@domains
def test_draws_belong_to_the_domain_and_follow_from_the_seed(domain: Domain) -> None:
    made = draws(domain, 60)
    assert all(domain.contains(value, {}) and not domain.misfit(value, {}) for value in made)
    assert made == draws(domain, 60)
    assert str(domain) == "the reals of [2, 2]" or len(set(made)) > 20
    assert not domain.contains("a text", {})


@domains
def test_hypothesis_draws_and_shrinks_the_same_values(domain: Domain) -> None:
    @settings(max_examples=20)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        try:
            value = domain.draw(HypothesisSource(data.draw), None, {})
        except Infeasible:
            return
        assert domain.contains(value, {})

    check()


@domains
def test_a_value_is_read_back_from_its_text(domain: Domain) -> None:
    for value in draws(domain, 30):
        found = fitted(parse_instance(str(Instance.of(x=value))), {"x": domain})["x"]
        assert found == value and repr(found) == repr(value)


@domains
def test_simpler_values_can_be_computed_with_and_simplifying_ends(domain: Domain) -> None:
    for value in draws(domain, 10):
        for _ in range(400):
            lighter = [v for v in domain.simpler(value) if domain.weight(v) < domain.weight(value)]
            if not lighter:
                break
            domain.realise(lighter[0], float)
            value = lighter[0]
        else:
            pytest.fail(f"{value} is still not the simplest")


@domains
def test_every_arithmetic_sees_the_same_value(domain: Domain) -> None:
    def entries(view: Any) -> Any:
        return np.concatenate([view.Sxx, view.Sxy], axis=1) if isinstance(domain, Problem) else view

    for value in draws(domain, 5):
        exactly = np.asarray(entries(domain.realise(value, lambda x: x)), dtype=object)
        floats = np.asarray(entries(domain.realise(value, float)), dtype=float)
        balls = np.asarray(entries(domain.realise(value, Ball)), dtype=object)
        for x, y, ball in zip(exactly.flat, floats.flat, balls.flat, strict=True):
            assert y == pytest.approx(float(x), rel=1e-14, abs=1e-14)
            assert float(getattr(ball, "mid", ball)) == pytest.approx(float(x), rel=1e-14, abs=1e-14)


SIZED: list[Any] = [Orthogonal("n"), Invertible("n"), Matrix("n", 2), Matrix(2, "n"), Matrix("n", "n"), Spectrum("n")]  # fmt: skip


@pytest.mark.parametrize("domain", SIZED, ids=str)
def test_a_size_is_taken_from_its_parameter_cut_and_grown(domain: Domain) -> None:
    for value in draws(domain, 20, n=3):
        assert domain.contains(value, {"n": 3}) and not domain.contains(value, {"n": 2})
        smaller = domain.shrunk(value, "n", 1)
        larger = domain.grown(value, "n", RandomSource(0))
        assert np.shape(domain.realise(smaller, float))[0] + 1 >= np.shape(domain.realise(value, float))[0]
        if not isinstance(domain, Invertible):  # without its shears it may be orthogonal
            assert domain.contains(smaller, {"n": 2}) and domain.contains(larger, {"n": 4})
        assert domain.shrunk(value, "m", 1) == domain.grown(value, "m", RandomSource(0)) == value
    said = "Expected a parameter named 'n' before the matrix; put it"
    refused(lambda: domain.draw(RandomSource(0), None, {}), said)


POINTS = [F(k, 2) for k in range(-1, 6)]


@pytest.mark.parametrize("closed", [*itertools.product((False, True), repeat=2)])
def test_bounds_contain_what_lies_between_their_ends(closed: tuple[bool, bool]) -> None:
    inside = [x for x in POINTS if Bounds(F(0), F(1), *closed).contains(x)]
    assert inside == [F(0)] * closed[0] + [F(1, 2)] + [F(1)] * closed[1]
    x = sympy.Symbol("x", real=True)
    said = sympy.And(*Bounds(F(0), F(1), *closed).relations(x))
    assert [p for p in POINTS if said.subs(x, sympy.Rational(p.numerator, p.denominator))] == inside
    assert Bounds(F(1), F(1), *closed).empty is not all(closed) and Bounds(F(1), F(0), *closed).empty
    assert not Bounds(F(0), None, *closed).empty and Bounds().relations(x) == []


def test_reals_are_round_fine_and_near_either_end() -> None:
    made = draws(Real(1, 2), 2000)
    assert all(1 < x < 2 for x in made)
    assert sum(x.denominator <= 12 for x in made) > 200
    assert sum(x.denominator > 1000 for x in made) > 200
    assert sum(x - 1 < F(1, 2**20) for x in made) > 20 and sum(2 - x < F(1, 2**20) for x in made) > 20
    ends = {x for x in draws(Real(1, 2, closed="both"), 200) if x in (1, 2)}
    assert ends == {1, 2}
    # where an end is zero, scales have no end
    assert min(draws(Real(0, 1), 4000)) < F(1, 2**100) and min(draws(Real(0), 4000)) < F(1, 2**100)
    vast = draws(Real(), 1000)
    assert min(vast) < -1000 and max(vast) > 1000 and 0 in vast


def test_a_number_keeps_to_what_assumptions_leave() -> None:
    source = RandomSource(3)
    for seed in range(100):
        room = Bounds(F(2), F(5), bool(seed % 2), bool(seed % 3))
        assert room.contains(Real(0, 9).draw(source, room, {}))
        assert room.contains(F(Int(0, 9).draw(source, room, {})))
    for domain in (Real(0, 9), Int(0, 9)):
        for nothing in (Bounds(F(10), None), Bounds(F(1), F(1)), Bounds(None, F(-1), False, True)):
            with pytest.raises(Infeasible):
                domain.draw(source, nothing, {})
    with pytest.raises(Infeasible):
        Int(0, 9).draw(source, Bounds(F(5, 4), F(7, 4)), {})


@given(st.data(), st.integers(1, 8))
def test_orthogonal_matrices_are_exactly_orthogonal(data: st.DataObject, n: int) -> None:
    value = data.draw(strategies.values(Orthogonal(n)))
    for made in (value, *Orthogonal(n).simpler(value)):
        assert made.exact() * made.exact().transpose() == identity(n)


@pytest.mark.parametrize("fine", [(2**30, 2**30, 2**29), (2**30 - 1, 2**30 + 1, 2**29 + 1)])
def test_an_orthogonal_matrix_that_a_search_refined_has_simple_ones_near(fine: tuple[int, int, int]) -> None:
    assert Reflections(3, ((2, 2, 1),)) in Orthogonal(3).simpler(Reflections(3, (fine,)))


def test_neighbours_of_an_orthogonal_matrix_stay_short_enough_to_compute_with() -> None:
    source, value = RandomSource(0), Reflections(3, ((2**40, 1, 0), (2**39, 2**40, 3)))
    near = {Orthogonal(3).mutate(value, source) for _ in range(500)}
    assert max(abs(x) for made in near for v in made.vectors for x in v) <= 2**40


@pytest.mark.parametrize(
    ("domain", "value", "why"),
    [
        (Spectrum(2, 1, 4), (F(4), F(1)), ""), (Spectrum(2, 1, 4), (F(2), F(2)), ""),
        (Spectrum(2, 1, 4), (F(1), F(2)), "entries 1 and 2, 1 and 2, must not increase"),
        (Spectrum(2, 1, 4), (F(5), F(1)), "entry 1, 5, must lie in [1, 4]"),
        (Spectrum(2, 1, 4), [F(2), F(1)], "it must be a tuple of numbers"), (Spectrum(2, 1, 4), (), "it must be"),
        (Spectrum(3, 1, 4, gap=1), (F(4), F(3, 2), F(1)), "entries 2 and 3, 3/2 and 1, must fall by at least 1"),
        (Spectrum(2, 1, 4, condition=2), (F(5, 2), F(1)), "its largest entry must be at most 2 times its smallest"),
        (Spectrum(3, 1, 4, nulls=1), (F(2), F(1), F(0)), ""), (Spectrum(3, 1, 4, nulls=1), (F(2), F(0), F(0)), "at most 1 zeros"),
        (Matrix(2, 1), Rational(((F(1),), (F(2),))), ""), (Matrix(1, 1), Rational(((F(3),),)), "entry 3 must be at most 2 in size"),
        (Matrix(2, 2), Rational(((F(1),), (F(2),))), "it has 1 columns but must have 2"), (Matrix(1, 1), 3, "it must be a list of rows"),
        (Matrix(1, 1), Rational(((F(1, 3),),)), ""), (Matrix(1, 1, denominator=2), Rational(((F(3, 2),),)), ""),
        (Matrix(1, 1, denominator=2), Rational(((F(1, 3),),)), "entry 1/3 must be a multiple of 1/2"),
    ],
)  # fmt: skip
def test_what_keeps_a_value_out_is_said(domain: Any, value: Any, why: str) -> None:
    assert domain.contains(value, {}) is not bool(why)
    assert domain.misfit(value, {}).startswith(why)


PROBLEM = Problem().realise(draws(Problem(), 1)[0], float)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Real(1, 0), "Expected lower < upper but got Real(1, 0); swap the ends"),
        (lambda: Real(0, 1, closed="up"), "Expected closed= neither, left, right or both but got 'up'"),
        (lambda: Real(float("nan"), 1), "Expected a finite number but got nan"),
        (lambda: Real("half", 1), "Expected an exact number such as '2/3' but got 'half'"),
        (lambda: Int(3, 2), "Expected lower <= upper but got Int(3, 2); swap the ends"),
        (lambda: Int(1.5, 2), "Expected whole numbers but got Int(1.5, 2); use Real"), (lambda: Int(0, True), "Expected whole"),  # type: ignore[arg-type]
        (lambda: Spectrum(2, 2, 1), "Expected lower <= upper and gap >= 0 but got"),
        (lambda: Spectrum(2, gap=1, ordered=False), "Expected gap=0 with ordered=False but got"),
        (lambda: Orthogonal(0), "Expected a size from 1 on but got Orthogonal(n=0)"),
        (lambda: Matrix(2, 2.5), "Expected a whole number, Int(1, 8) or a parameter's name but got Matrix(columns=2.5)"),  # type: ignore[arg-type]
        (lambda: Reflections(2, ((0, 0),)), "Expected nonzero vectors of 2 whole numbers but got (0, 0)"),
        (lambda: Problem(kind="odd"), "Expected kind commuting, whitened, autoencoder, noncommuting"),  # type: ignore[arg-type]
        (lambda: Problem(d="3"), "Expected a whole number or Int(1, 8) but got Problem(d='3')"),  # type: ignore[arg-type]
        (lambda: Problem(sigma=(0, 1)), "Expected numbers above 0"), (lambda: Problem(lam=(0, 1)), "Expected numbers above 0"),
        (lambda: Problem(sigma=2), "Expected a pair (lower, upper) but got Problem(sigma=2)"),  # type: ignore[arg-type]
        (lambda: Problem(sigma=(1, 4), gap=F(11, 10), modes=Int(4, 8)), "Expected room for 4 sigma but got commuting problems"),
        (lambda: strategies.values(3), "Expected a domain such as Real(0, 1) but got 3"),  # type: ignore[arg-type]
        (lambda: strategies.step_sizes("fast"), "Expected regime monotone, convergent, bounded, divergent but got 'fast'"),
        (lambda: strategies.problems(width=3), "Expected d, p, r, modes, sigma, lam, null, gap but got width=3; see Problem"),
        (lambda: strategies.starts("x"), "Expected a problem but got 'x'; draw one from strategies.problems()"),  # type: ignore[arg-type]
        (lambda: strategies.starts(PROBLEM, delta=(3, 1)), "Expected lower < upper but got starts(delta=(3, 1)); swap the ends"),
    ],
)  # fmt: skip
def test_bad_arguments_are_refused_at_once(call: Callable[[], object], said: str) -> None:
    refused(call, said)
