"""The exact problem that stands for data, and a claim restricted to one, at numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from rankladder import Int, Otherwise, Problem, Real, claim
from rankladder.domains.matrices import Reflections, draw_reflections
from rankladder.domains.randomness import RandomSource
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball, hull
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.own_data import ThisProblem, exact_problem, on_data
from rankladder.properties.gidel2019.data.reading import DataSet, data_of_moments
from rankladder.properties.gidel2019.data.structure import Structure
from rankladder.simulate.joint_problems import JointProblem


def diagonal(
    sigma: tuple[Any, ...], lam: tuple[Any, ...], *, p: int | None = None, r: int = 2
) -> JointProblem:
    d = len(lam)
    frames = Reflections(d), Reflections(d if p is None else p), Reflections(r)
    return JointProblem(tuple(map(F, sigma)), tuple(map(F, lam)), *frames)


def nearest(data: DataSet) -> JointProblem:
    return exact_problem(Geometry.of(data))


def measured(problem: JointProblem) -> Structure:
    d, p, _ = problem.shape
    tied = problem.U == problem.V and problem.lam == problem.sigma + (F(0),) * (d - len(problem.sigma))
    white = set(problem.lam) == {F(1)} and not problem.B
    return Structure(0.1 if problem.B else 0.0, 0.0 if white else 0.5, 0.0 if tied else 1.0, d, p)


PLAIN = diagonal((4, 2), (1, F(1, 2)))
NOISY = replace(PLAIN, B=((0, 1, F(1, 9)),))


def test_modes_that_tie_up_to_rounding_tie_exactly() -> None:
    rng = np.random.default_rng(5)
    U, V = (np.linalg.qr(rng.standard_normal((3, 3)))[0] for _ in range(2))
    tied = nearest(data_of_moments(U @ np.diag([1.0, 2.0, 3.0]) @ U.T, U @ np.diag([3.0, 3.0, 1.0]) @ V.T))
    assert tied.sigma[0] == tied.sigma[1] > tied.sigma[2] and not tied.B
    # gains sigma^2/lam of 9/9, 4/4 and 1/1
    even = nearest(data_of_moments(U @ np.diag([9.0, 4.0, 1.0]) @ U.T, U @ np.diag([3.0, 2.0, 1.0]) @ V.T))
    assert len({s * s / x for s, x in zip(even.sigma, even.lam, strict=True)}) == 1


# claims on data


def stated(domain: Problem, given: Mapping[str, Any] | None = None, **more: Any) -> Claim:
    @claim("t-own", over={"data": domain, **more}, given=given)
    def made(data: Any) -> Any:
        return data.sigma[0]

    return made


def said(
    domain: Problem, problem: JointProblem = PLAIN, given: Mapping[str, Any] | None = None, **more: Any
) -> str:
    found = on_data(stated(domain, given, **more), problem, measured(problem))
    assert found is not None and (found.claim is None) == bool(found.why)
    return found.why


def test_a_claim_about_numbers_says_nothing_of_data() -> None:
    @claim("t-numbers", over={"x": Real(0, 1)})
    def made(x: Any) -> Any:
        return x

    assert on_data(made, PLAIN, measured(PLAIN)) is None


def test_a_claim_is_restricted_to_the_data_and_to_nothing_else() -> None:
    made = stated(Problem(), x=Real(0, 1))
    found = on_data(made, PLAIN, measured(PLAIN))
    assert found is not None and found.claim is not None
    assert found.claim.over == {"data": ThisProblem(PLAIN), "x": Real(0, 1)}
    assert (found.claim.id, found.claim.conclusion, found.claim.given) == (made.id, made.conclusion, {})
    assert (found.why, found.outside, found.anyway) == ("", (), None)


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        (Problem(d=Int(2, 2), p=Int(2, 2), modes=Int(2, 2)), ""),
        (Problem(d=Int(1, 2), p=Int(1, 2), modes=Int(1, 2)), ""),
        (Problem(d=Int(3, 8)), "d = 2, checked at 3 to 8 only"),
        (Problem(d=Int(1, 1)), "d = 2, checked at 1 only"),
        (Problem(p=Int(3, 8)), "p = 2, checked at 3 to 8 only"),
        (Problem(p=Int(300, int("300"))), "p = 2, checked at 300 only"),
        (Problem(modes=Int(3, 4)), "m = 2, checked at 3 to 4 only"),
        (Problem(modes=Int(1, 1)), "m = 2, checked at 1 only"),
        (Problem(r=Int(1, 1)), "2 modes do not fit a hidden layer of width 1"),
        (Problem(gap=2), ""),
        (Problem(gap=F(21, 10)), "two sigma are 2 apart (sigma_1 = 4), the claim asks for 21/10"),
    ],
)  # fmt: skip
def test_data_of_another_shape_than_the_claim_speaks_of(domain: Problem, why: str) -> None:
    assert said(domain) == why


@pytest.mark.parametrize(
    ("room", "width"), [(Int(1, 8), 2), (Int(2, 2), 2), (Int(3, 5), 3), (Int(2, 8), 2), (Int(1, 2), 2)]
)
def test_the_hidden_layer_has_the_width_nearest_to_that_of_the_data(room: Int, width: int) -> None:
    found = on_data(stated(Problem(r=room)), PLAIN, measured(PLAIN))
    assert found is not None and found.claim is not None
    fitted = found.claim.over["data"].problem  # type: ignore[attr-defined]
    assert fitted.Q.n == width and (fitted is PLAIN) is (width == 2)
    assert fitted == replace(PLAIN, Q=PLAIN.Q if width == 2 else draw_reflections(RandomSource(0), width))


@pytest.mark.parametrize(
    ("kind", "problem", "reason", "word"),
    [
        ("commuting", NOISY, "commuting", "do not commute, ||B||_F/||Sxx||_F = 0.1"),
        ("noncommuting", PLAIN, "noncommuting", "the data commute"),
        ("whitened", PLAIN, "whitened", "not whitened, least ||Sxx/c - I||_2 = 0.5"),
        ("whitened", NOISY, "whitened", "not whitened"),
        ("autoencoder", PLAIN, "autoencoder", "Y is not X"),
        ("autoencoder", NOISY, "autoencoder", "Y is not X"),
    ],
)
def test_the_structure_that_the_claim_assumes_is_what_the_data_lack(
    kind: Any, problem: JointProblem, reason: str, word: str
) -> None:
    found = on_data(stated(Problem(kind=kind)), problem, measured(problem))
    assert found is not None and found.claim is None and found.reason == reason and word in found.why


def test_without_the_structure_the_claim_is_asked_anyway() -> None:
    noncommuting = Problem(kind="noncommuting", sigma=(1, 9))
    made = stated(Problem(), {"aligned": Otherwise("data", noncommuting)}, x=Real(0, 1))
    found = on_data(made, NOISY, measured(NOISY))
    assert found is not None and found.claim is None and found.anyway is not None
    assert found.anyway.over == {"data": ThisProblem(NOISY), "x": Real(0, 1)}
    assert (found.anyway.given, found.anyway.dropped) == ({}, "aligned")
    unnamed = on_data(stated(Problem()), NOISY, measured(NOISY))
    assert unnamed is not None and unnamed.claim is None and unnamed.anyway is None
    white = on_data(
        stated(Problem(kind="whitened"), {"white": Otherwise("data", noncommuting)}), PLAIN, measured(PLAIN)
    )
    assert white is not None and white.anyway is not None and white.anyway.dropped == "white"


@pytest.mark.parametrize(
    ("margin", "why"),
    [
        (lambda data: data.sigma[0] - 3, ""),
        (lambda data: data.sigma[0] - 5, "first is not met by the data"),
        (lambda data: hull(-1, 1), "first is not decided on the data"),
        (lambda data: (data.lam[0] - Ball(1)) * 0, ""),
    ],
)
def test_an_assumption_about_the_data_alone_is_judged_on_them(margin: Callable[..., Any], why: str) -> None:
    told = said(Problem(), PLAIN, {"first": margin})
    assert told.startswith(why) and bool(told) is bool(why)


def test_an_assumption_about_more_than_the_data_is_left_to_the_draws() -> None:
    given = {"both": lambda data, x: data.sigma[0] - 5 - x, "small": lambda x: x - 9}
    found = on_data(stated(Problem(), given, x=Real(0, 1)), PLAIN, measured(PLAIN))
    assert found is not None and found.claim is not None and list(found.claim.given) == ["both", "small"]


@pytest.mark.parametrize(
    ("domain", "problem", "outside"),
    [
        (Problem(sigma=(2, 4), lam=(F(1, 2), 1)), PLAIN, ()),
        (Problem(sigma=(F(5, 2), 4)), PLAIN, ("sigma 2 to 4, checked on 5/2 to 4",)),
        (Problem(sigma=(1, 3)), PLAIN, ("sigma 2 to 4, checked on 1 to 3",)),
        (Problem(sigma=(1, 4), lam=(F(3, 4), 4)), PLAIN, ("lam 0.5 to 1, checked on 3/4 to 4",)),
        (Problem(sigma=(1, 4), lam=(F(1, 4), F(3, 4))), PLAIN, ("lam 0.5 to 1, checked on 1/4 to 3/4",)),
        (Problem(kind="noncommuting", lam=(F(3, 4), 4)), NOISY, ("lam 0.5 to 1, checked on 3/4 to 4",)),
        # lam of null modes is free, and of whitened inputs there is none to draw
        (Problem(lam=(F(1, 2), 1)), diagonal((4,), (1, 100)), ()),
        (Problem(kind="whitened", lam=(2, 3)), diagonal((4, 2), (1, 1)), ()),
        (Problem(kind="whitened", sigma=(3, 4)), diagonal((4, 2), (1, 1)), ("sigma 2 to 4, checked on 3 to 4",)),
    ],
)  # fmt: skip
def test_numbers_beyond_those_that_the_claim_was_checked_on_are_named(
    domain: Problem, problem: JointProblem, outside: tuple[str, ...]
) -> None:
    found = on_data(stated(domain), problem, measured(problem))
    assert found is not None and found.claim is not None and found.outside == outside
