"""The exact problem that stands for data, and a claim restricted to one, at numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from properties import Int, Otherwise, Problem, Real, claim
from properties.data.own_data import ThisProblem, _noise, _spectrum, exact_problem, on_data, reflections
from properties.data.reading import DataSet, data_of_moments
from properties.generators.matrices import Reflections, draw_reflections
from properties.generators.problems import JointProblem, ProblemView
from properties.generators.sources import RandomSource
from properties.stating.statement import Claim
from simulate.balls import Ball, hull

FINE = 2**40


def diagonal(
    sigma: tuple[Any, ...], lam: tuple[Any, ...], *, p: int | None = None, r: int = 2
) -> JointProblem:
    d = len(lam)
    frames = Reflections(d), Reflections(d if p is None else p), Reflections(r)
    return JointProblem(tuple(map(F, sigma)), tuple(map(F, lam)), *frames)


def parts(problem: JointProblem) -> Any:
    return problem.sigma, problem.lam, problem.B


PLAIN = diagonal((4, 2), (1, F(1, 2)))
NOISY = replace(PLAIN, B=((0, 1, F(1, 9)),))


def test_one_problem_alone_is_a_domain() -> None:
    domain, other = ThisProblem(PLAIN), diagonal((4, 3), (1, F(1, 2)))
    source = RandomSource(0)
    assert str(domain) == "your data"
    assert domain.draw(source, None, {}) is PLAIN and domain.mutate(PLAIN, source) is PLAIN
    assert list(domain.simpler(PLAIN)) == [] and domain.weight(PLAIN) == 0.0
    assert domain.contains(diagonal((4, 2), (1, F(1, 2))), {}) is True and domain.contains(other, {}) is False
    assert domain.realise(PLAIN, float).Sxy.tolist() == [[4.0, 0.0], [0.0, 2.0]]
    assert domain.coordinates("data", PLAIN) == Problem().coordinates("data", PLAIN) != {}


def test_a_commuting_problem_is_taken_to_units_in_which_sigma_is_four_and_lam_one() -> None:
    problem = exact_problem(data_of_moments(np.diag([5.0, 10.0]), np.diag([6.0, 3.0])))
    assert parts(problem) == ((4, 2), (F(1, 2), 1), ())
    assert problem.shape == (2, 2, 2) and draw_reflections(RandomSource(0), 2) == problem.Q
    view = ProblemView(problem, float)
    np.testing.assert_allclose(view.Sxx, np.diag([0.5, 1]), atol=1e-12)
    np.testing.assert_allclose(view.Sxy, np.diag([4, 2]), atol=1e-12)
    wide = exact_problem(data_of_moments(np.diag([5.0, 10.0, 4.0]), np.array([[6.0], [0.0], [0.0]])))
    assert wide.shape == (3, 1, 1) and draw_reflections(RandomSource(0), 1) == wide.Q
    assert parts(wide)[:2] == ((4,), (F(1, 2), 1, F(round(0.4 * FINE), FINE)))


def test_what_does_not_commute_is_kept_with_a_ridge() -> None:
    problem = exact_problem(data_of_moments(np.array([[2.0, 0.5], [0.5, 1.0]]), np.diag([2.0, 1.0])))
    # a ridge of the dimension, 2, in units of 2^-38
    lam = 1 + F(2, 2**38), F(1, 2) + F(2, 2**38)
    assert parts(problem) == ((4, 2), lam, ((0, 1, F(1, 4)),))
    # off the diagonal sqrt(2) of the norm, sqrt(1 + 1): a share of 1e-9 and more counts
    for share, commutes in ((0.99e-9, True), (1.01e-9, False)):
        moments = data_of_moments(np.array([[1.0, share], [share, 1.0]]), np.diag([2.0, 1.0]))
        assert (exact_problem(moments).B == ()) is commutes


@pytest.mark.parametrize(("gap", "tied"), [(3.9e-9, True), (4.1e-9, False)])
def test_inputs_are_their_own_targets_up_to_a_thousand_millionth_of_the_first_mode(
    gap: float, tied: bool
) -> None:
    Sxx = np.array([[4.0, 0.0], [0.0, 1.0]])
    problem = exact_problem(data_of_moments(Sxx, Sxx - np.diag([0.0, gap])))
    assert (problem.U is problem.V) is tied
    assert (problem.lam == problem.sigma) is tied
    if tied:
        assert parts(problem)[1] == (4, F(round((1 - gap) * FINE), FINE))
    else:
        assert parts(problem)[1] == (1, F(1, 4))


def test_a_column_of_targets_is_no_autoencoder_whatever_its_numbers() -> None:
    problem = exact_problem(data_of_moments(np.ones((2, 2)), np.ones((2, 1))))
    assert problem.shape == (2, 1, 1) and parts(problem)[1] == (1, 0)


def test_an_autoencoder_is_one_because_it_was_said_to_be() -> None:
    made = data_of_moments(np.diag([4.0, 1.0, 0.0]), np.diag([4.0, 1.5, 0.0]))
    told: DataSet = replace(made, autoencoder=True)
    problem = exact_problem(told)
    assert parts(problem) == ((4, F(3, 2)), (4, F(3, 2), 0), ())
    assert problem.U is problem.V and exact_problem(made).U is not exact_problem(made).V


def test_without_dependence_there_is_no_problem() -> None:
    with pytest.raises(
        ValueError, match="Sxy is zero, so there is nothing to learn; check that Y depends on X"
    ):
        exact_problem(data_of_moments(np.eye(2), np.zeros((2, 2))))


def test_frames_that_are_diagonal_become_reflections_along_the_axes() -> None:
    assert reflections(np.eye(2)) == Reflections(2, ((FINE, 0), (0, FINE), (1, 0), (0, 1)))
    assert reflections(np.diag([-1.0, 1.0])) == Reflections(2, ((-FINE, 0), (0, FINE), (0, 1)))
    assert reflections(np.array([[-1.0]])) == Reflections(1, ((-FINE,),))
    # (0, 1) + (1, 0) points at a diagonal: what is left is (1, 0), turned
    swap = reflections(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert swap.vectors[0] == (FINE, FINE)


def test_numbers_of_a_spectrum_next_to_one_and_zero_are_these() -> None:
    values = np.array([1 - 0.9e-9, 1 + 0.9e-9, 1 - 1.1e-9, 0.5, 5e-14, -5e-14, -0.25, 2.0**-30])
    near = F(round((1 - 1.1e-9) * FINE), FINE)
    assert list(_spectrum(values)) == [1, 1, near, F(1, 2), 0, 0, 0, F(1, 2**30)]


def test_of_a_symmetric_matrix_the_entries_above_the_diagonal_are_kept_that_are_not_zero() -> None:
    inner = np.array([[9.0, 0.5, 0.0], [7.0, 9.0, -0.25], [7.0, 7.0, 9.0]])
    assert _noise(inner) == ((0, 1, F(1, 2)), (1, 2, F(-1, 4)))


# claims on data


def stated(domain: Problem, given: Mapping[str, Any] | None = None, **more: Any) -> Claim:
    @claim("t-own", over={"data": domain, **more}, given=given)
    def made(data: Any) -> Any:
        return data.sigma[0]

    return made


def said(
    domain: Problem, problem: JointProblem = PLAIN, given: Mapping[str, Any] | None = None, **more: Any
) -> str:
    found = on_data(stated(domain, given, **more), problem)
    assert found is not None and (found.claim is None) == bool(found.why)
    return found.why


def test_a_claim_about_numbers_says_nothing_of_data() -> None:
    @claim("t-numbers", over={"x": Real(0, 1)})
    def made(x: Any) -> Any:
        return x

    assert on_data(made, PLAIN) is None


def test_a_claim_is_restricted_to_the_data_and_to_nothing_else() -> None:
    made = stated(Problem(), x=Real(0, 1))
    found = on_data(made, PLAIN)
    assert found is not None and found.claim is not None
    assert found.claim.over == {"data": ThisProblem(PLAIN), "x": Real(0, 1)}
    assert (found.claim.id, found.claim.conclusion, found.claim.given) == (made.id, made.conclusion, {})
    assert (found.why, found.outside, found.anyway) == ("", (), None)


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        (Problem(d=Int(2, 2), p=Int(2, 2), modes=Int(2, 2)), ""),
        (Problem(d=Int(1, 2), p=Int(1, 2), modes=Int(1, 2)), ""),
        (Problem(d=Int(3, 8)), "d = 2, the claim speaks of 3 to 8"),
        (Problem(d=Int(1, 1)), "d = 2, the claim speaks of 1"),
        (Problem(p=Int(3, 8)), "p = 2, the claim speaks of 3 to 8"),
        (Problem(p=Int(300, int("300"))), "p = 2, the claim speaks of 300"),
        (Problem(modes=Int(3, 4)), "m = 2, the claim speaks of 3 to 4"),
        (Problem(modes=Int(1, 1)), "m = 2, the claim speaks of 1"),
        (Problem(r=Int(1, 1)), "2 modes do not fit a hidden layer of width 1"),
        (Problem(gap=2), ""),
        (Problem(gap=F(21, 10)), "two sigma are 2 apart (sigma_1 = 4), the claim asks for 21/10"),
    ],
)  # fmt: skip
def test_data_of_another_shape_than_the_claim_speaks_of(domain: Problem, why: str) -> None:
    assert said(domain) == why


def test_the_least_gap_counts_and_a_single_mode_has_none() -> None:
    assert said(Problem(gap=1), diagonal((4, 1, F(1, 2)), (1, 1, 1), r=3)) == (
        "two sigma are 0.5 apart (sigma_1 = 4), the claim asks for 1"
    )
    assert said(Problem(gap=1), diagonal((4,), (1, 1))) == ""


@pytest.mark.parametrize(
    ("room", "width"), [(Int(1, 8), 2), (Int(2, 2), 2), (Int(3, 5), 3), (Int(2, 8), 2), (Int(1, 2), 2)]
)
def test_the_hidden_layer_has_the_width_nearest_to_that_of_the_data(room: Int, width: int) -> None:
    found = on_data(stated(Problem(r=room)), PLAIN)
    assert found is not None and found.claim is not None
    fitted = found.claim.over["data"].problem  # type: ignore[attr-defined]
    assert fitted.Q.n == width and (fitted is PLAIN) is (width == 2)
    assert fitted == replace(PLAIN, Q=PLAIN.Q if width == 2 else draw_reflections(RandomSource(0), width))


def test_a_hidden_layer_wider_than_the_claim_speaks_of_is_cut() -> None:
    found = on_data(stated(Problem(r=Int(1, 3))), diagonal((4, 2), (1, 1), r=5))
    assert found is not None and found.claim is not None
    assert draw_reflections(RandomSource(0), 3) == found.claim.over["data"].problem.Q  # type: ignore[attr-defined]


def test_a_structure_that_is_lacking_is_named_by_the_assumption_that_states_it() -> None:
    noncommuting, whitened = Problem(kind="noncommuting", sigma=(1, 9)), Problem(kind="whitened")
    stands = Otherwise("data", noncommuting)
    assert said(Problem(), NOISY) == "commuting: the data do not commute"
    assert said(Problem(), NOISY, {"aligned": stands}) == "aligned: the data do not commute"
    assert said(Problem(), NOISY, {"small": Otherwise("x", Real(1, 2))}, x=Real(0, 1)) == (
        "commuting: the data do not commute"
    )
    assert said(noncommuting, PLAIN) == "noncommuting: the data commute"
    assert said(whitened, PLAIN, {"white": stands}) == "white: the inputs are not whitened"
    assert said(Problem(kind="autoencoder")) == "autoencoder: the targets are not the inputs"


def test_without_the_assumption_that_data_commute_the_claim_is_asked_anyway() -> None:
    noncommuting = Problem(kind="noncommuting", sigma=(1, 9))
    made = stated(Problem(), {"aligned": Otherwise("data", noncommuting)}, x=Real(0, 1))
    found = on_data(made, NOISY)
    assert found is not None and found.claim is None and found.anyway is not None
    assert found.anyway.over == {"data": ThisProblem(NOISY), "x": Real(0, 1)}
    assert (found.anyway.given, found.anyway.dropped) == ({}, "aligned")
    for domain, given in (
        (Problem(), {}),
        (Problem(kind="whitened"), {"white": Otherwise("data", noncommuting)}),
    ):
        without = on_data(stated(domain, given), PLAIN if given else NOISY)
        assert without is not None and without.claim is None and without.anyway is None


@pytest.mark.parametrize(
    ("margin", "why"),
    [
        (lambda data: data.sigma[0] - 3, ""),
        (lambda data: data.sigma[0] - 5, "first: not met on the data"),
        (lambda data: hull(-1, 1), "first: cannot be decided on the data"),
        (lambda data: (data.lam[0] - Ball(1)) * 0, ""),
    ],
)
def test_an_assumption_about_the_data_alone_is_judged_on_them(margin: Callable[..., Any], why: str) -> None:
    assert said(Problem(), PLAIN, {"first": margin}) == why


def test_an_assumption_about_more_than_the_data_is_left_to_the_draws() -> None:
    given = {"both": lambda data, x: data.sigma[0] - 5 - x, "small": lambda x: x - 9}
    found = on_data(stated(Problem(), given, x=Real(0, 1)), PLAIN)
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
    found = on_data(stated(domain), problem)
    assert found is not None and found.claim is not None and found.outside == outside
