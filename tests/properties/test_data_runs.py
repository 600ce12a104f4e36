"""A run on data, its departure from the fit and what its numbers follow from, at walks of which every step is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rankladder.properties.gidel2019.data import analysis, geometry
from rankladder.properties.gidel2019.data.analysis import (
    RankReport,
    Run,
    default_step_budget,
    run_descent,
    start_for,
)
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.leaving import Departure, _pushed, _stays, departure
from rankladder.properties.gidel2019.data.reading import DataSet, data_of_moments


def flat(value: float) -> Callable[[int], float]:
    return lambda k: value


ONE, TWO = flat(1.0), flat(2.0)


class Walk:
    """A descent whose product W is the number of steps taken: it stands at k after k steps.

    Rank 1 is half learned from ``halves[0]`` on, rank 2 from ``halves[1]`` on. ``size`` is the second factor's entry.
    """

    ranks = range(1, 3)
    best = np.array([[-9.0, 4.0]])

    def __init__(
        self,
        halves: tuple[int, int] = (10**9, 10**9),
        *,
        shape: tuple[int, int] = (1, 1),
        to_best: Callable[[int], float] = ONE,
        to_rrr: Sequence[Callable[[int], float]] = (ONE, ONE),
        to_plateau: Sequence[Callable[[int], float]] = (ONE, ONE),
        size: Callable[[int], float] = ONE,
        lost: int | None = None,
    ) -> None:
        self.halves, self.shape, self.size, self.lost = halves, shape, size, lost
        self.to_best, self.to_rrr, self.to_plateau = to_best, to_rrr, to_plateau
        self.asked: list[tuple[int, list[int]]] = []
        self.steps: list[float] = []
        self.shares: list[float] = []

    def predicted_steps(self, eta: float, delta: float) -> np.ndarray:
        return np.array([delta / eta, 2 * delta / eta])

    def rrr_loss(self, rank: int) -> float:
        return 7.0 / rank

    def descend(self, W1: Any, W2: Any, eta: float, marks: Any) -> Any:
        begin = abs(int(W1[0, 0])) if W1.shape == (1, 1) else 0
        offsets = list(range(marks + 1)) if isinstance(marks, int) else list(marks)
        self.asked.append((begin, offsets))
        self.steps.append(eta)
        at = np.array([begin + offset for offset in offsets])
        gone = np.array([self.lost is not None and k >= self.lost for k in at])
        first = np.where(gone, np.nan, -1.0 * at)[:, None, None]
        second = np.where(gone, np.nan, [-self.size(int(k)) for k in at])[:, None, None]
        diverged = None if self.lost is None or self.lost > at[-1] else self.lost - begin
        return SimpleNamespace(W1=first, W2=second, W=at[:, None, None].astype(float), diverged_at=diverged)

    def predictions(self, W: Any) -> Any:
        assert np.isfinite(W).all()
        return W

    def _table(self, curves: Sequence[Callable[[int], float]], P: Any) -> np.ndarray:
        return np.array([[curve(int(k)) for curve in curves] for k in P[:, 0, 0]])

    def distances_to_rrr(self, P: Any) -> np.ndarray:
        return self._table(self.to_rrr, P)

    def distances_to_plateaus(self, P: Any) -> np.ndarray:
        return self._table(self.to_plateau, P)

    def loss(self, P: Any) -> np.ndarray:
        return np.array([1000.0 - k for k in P[:, 0, 0]])

    def distance_to_best(self, P: Any) -> float:
        return self.to_best(int(P[0, 0]))

    def learned(self, W: Any) -> Any:
        return W[:, 0] / (2.0 * np.array(self.halves))

    def null_share(self, W: Any) -> float:
        self.shares.append(float(W[0, 0]))
        return 0.125


def walked(walk: Walk, most: int, **options: Any) -> Run:
    """From factors whose largest entries are 2 and 3, at step 1/4."""
    hidden = options.pop("hidden", 1)
    start = np.full((2, hidden), -2.0), np.full((hidden, 2), 3.0)
    return run_descent(walk, start, 0.25, 5.0, most, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shape", "hidden", "lengths"),
    [
        # 2^22 numbers: (60 + 61) 108 + 60 61 = 16728 of them 250 times, (50 + 61) 142 + 50 61 = 18812 of them 222 times
        ((60, 61), 108, [250] * 8 + [500, 5]),
        ((50, 61), 142, [222] * 10 + [285]),
        # never more than 256 times, never fewer than 8
        ((1, 1), 1, [256] * 8 + [457]),
        ((3000, 3000), 1, [8] * 250 + [16] * 31 + [9]),
    ],
)
def test_a_run_holds_only_so_many_states_and_looks_at_each_step_of_the_first_two_thousand(
    shape: tuple[int, int], hidden: int, lengths: list[int]
) -> None:
    walk = Walk(shape=shape)
    told: list[int] = []
    run = walked(walk, 2505, hidden=hidden, progress=told.append)
    assert [marks[-1] for _, marks in walk.asked] == lengths
    ends = np.cumsum(lengths).tolist()
    assert [begin for begin, _ in walk.asked] == [0, *ends[:-1]] and told == ends
    for begin, marks in walk.asked:
        stride = 1 if begin < 2000 else 2
        assert marks[:-1] == list(range(0, marks[-1], stride))
    assert (run.steps, run.settled, run.diverged_at) == (2505, False, None)
    assert set(walk.steps) == {0.25} and walk.shares == [2505.0]
    assert (run.null_share, run.departure) == (0.125, None)
    assert [(r.rank, r.predicted_step, r.rrr_loss) for r in run.ranks] == [(1, 20.0, 7.0), (2, 40.0, 3.5)]


def test_a_run_of_no_steps_does_nothing() -> None:
    walk = Walk()
    run = walked(walk, 0)
    assert walk.asked == [] and (run.steps, run.times) == (0, [])


def test_a_run_ends_with_the_block_in_which_all_is_seen_and_the_fit_is_reached() -> None:
    at_limit: dict[int, float] = {256: 1e-4, 512: 0.99e-4}
    for walk, steps in (
        (Walk((2, 5), to_best=lambda k: at_limit.get(k, 0.0)), 512),  # a distance of 1e-4 is not below it
        (Walk((2, 300), to_best=flat(0.0)), 512),  # before 300 only one of two ranks is seen
        (Walk((300, 2), to_best=flat(0.0)), 512),
        (Walk((2, 5), to_best=flat(0.5)), 700),
        (Walk((2, 5), to_best=flat(0.0)), 256),
    ):
        run = walked(walk, 700)
        assert (run.steps, run.settled, run.final_distance) == (steps, steps < 700, walk.to_best(steps))
    assert [r.transition_step for r in walked(Walk((300, 2), to_best=flat(0.0)), 700).ranks] == [300, 2]


def test_what_becomes_of_the_fit_is_found_out_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    left = Departure(True, 0.5)

    def found(*given: Any) -> Departure:
        asked.append(given)
        return left

    monkeypatch.setattr(analysis, "departure", found)
    walk = Walk()
    assert walked(walk, 10).departure is None and asked == []
    assert walked(walk, 10, leave=True).departure is left and asked == [(walk, 10)]


@pytest.mark.parametrize("step", [6, 300])
def test_a_run_that_grows_beyond_a_million_times_its_beginning_and_its_fit_has_diverged(step: int) -> None:
    # 1 + sqrt 9 + 2 + 3 = 9, and the first factor has the size k
    def size(k: int) -> float:
        return 9e6 - k if k == step - 1 else 9e6 - k + 1e-3 if k >= step else 3.0

    told: list[int] = []
    walk = Walk(size=size, to_rrr=(lambda w: -1.0 * w, flat(1.0)))  # the product is k times the size
    run = walked(walk, 700, progress=told.append, leave=True)
    assert (run.diverged_at, run.steps, run.settled) == (step, step, False)
    assert run.ranks[0].step == step - 1 and run.ranks[0].distance_to_rrr == -(step - 1) * (9e6 - step + 1)
    assert told == ([256] if step > 256 else [])
    assert walk.shares == [] and run.null_share == 0.0 and run.departure is None


@pytest.mark.parametrize(
    ("lost", "large", "at", "last"),
    [(44, None, 44, 43), (300, None, 300, 299), (300, 290, 290, 289), (2053, None, 2053, 2052)],
)
def test_a_run_whose_numbers_end_has_diverged_there(lost: int, large: int | None, at: int, last: int) -> None:
    """Of the numbers from there on nothing is looked at; from step 2048 on every second step is."""
    walk = Walk(
        size=lambda k: 1e8 if large is not None and k >= large else 1.0,
        to_rrr=(flat(1.0), lambda k: 5000.0 - k),
        lost=lost,
    )
    run = walked(walk, 4000)
    assert (run.diverged_at, run.steps) == (at, at)
    assert (run.ranks[1].step, run.ranks[1].loss) == (last, 1000.0 - last)


def test_numbers_that_end_at_once_are_not_looked_at() -> None:
    run = walked(Walk(lost=0), 10)
    assert (run.diverged_at, run.steps, run.final_distance) == (0, 0, math.inf)


def test_of_every_rank_the_nearest_approach_and_the_first_transition_are_kept() -> None:
    walk = Walk(
        (300, 2051),
        to_rrr=(lambda k: 0.5 + abs(k % 5 - 3), lambda k: abs(k - 400) / 1000),
        to_plateau=(lambda k: 0.25 if k == 7 else 0.75, lambda k: 0.125 if k == 600 else 0.5),
    )
    first, second = walked(walk, 2500).ranks
    assert (first.step, first.distance_to_rrr, first.loss, first.distance_to_plateau) == (3, 0.5, 997.0, 0.25)
    assert (second.step, second.distance_to_rrr, second.loss) == (400, 0.0, 600.0)
    assert second.distance_to_plateau == 0.125
    # the second transition lies between 2050 and 2052, two steps that are looked at
    assert (first.transition_step, second.transition_step) == (300, 2051)
    assert (2050, [0, 1, 2]) in walk.asked


def test_times_of_a_picture_are_a_step_and_four_thousandths_apart() -> None:
    plain, drawn = walked(Walk(), 700), walked(Walk(), 700, curve=True)
    assert (plain.times, plain.losses, plain.singular_values) == ([], [], [])
    # k + 1 + k/250, rounded up: from 0 on by one, from 1 on by two, from 251 on by three, from 503 on by four
    expected = [0, *range(1, 252, 2), *range(254, 504, 3)]
    expected += range(expected[-1] + 4, 701, 4)
    assert drawn.times == expected
    assert drawn.losses == [1000.0 - k for k in expected]
    assert [float(s[0]) for s in drawn.singular_values] == expected


def test_a_run_is_told_in_plain_values() -> None:
    assert RankReport(2, 40.5, 0.25).to_json() == {
        "rank": 2, "transition_step": None, "predicted_step": 40.5, "distance_to_rrr": None,
        "distance_to_plateau": None, "step_nearest_rrr": 0, "loss": None, "rrr_loss": 0.25,
    }  # fmt: skip
    told = RankReport(1, math.inf, 0.5, 30, 0.1, 0.2, 0.6, 29).to_json()
    assert told == {
        "rank": 1, "transition_step": 30, "predicted_step": None, "distance_to_rrr": 0.1,
        "distance_to_plateau": 0.2, "step_nearest_rrr": 29, "loss": 0.6, "rrr_loss": 0.5,
    }  # fmt: skip
    run = Run([])
    assert (run.steps, run.settled, run.diverged_at, run.null_share) == (0, False, None, 0.0)
    assert run.final_distance == math.inf and run.departure is None


def test_the_work_of_a_step_is_that_of_its_products() -> None:
    # 3 d r p + d^2 p products of two numbers, four times, and 40,000 for the interpreter: 1,080,000 and 64,960
    assert default_step_budget(100, 20, 10) == 60_000_000_000 // 1_080_000
    assert default_step_budget(20, 100, 10) == 60_000_000_000 // 440_000
    assert default_step_budget(30, 70, 50) == 60_000_000_000 // (4 * (315_000 + 63_000) + 40_000)
    # 4 (3 2000 + 400 10) + 40,000 = 80,000 a step would allow 750,000
    assert default_step_budget(20, 10, 10) == 200_000
    assert default_step_budget(400, 400, 400) == 100 and default_step_budget(330, 330, 330) == 104


def test_a_spectral_start_has_the_frames_of_the_data_and_a_random_hidden_one() -> None:
    Sxx, Sxy = np.diag([1.0, 2.0, 3.0]), np.array([[3.0, 0.0], [0.0, 0.0], [0.0, 2.0]])
    made = Geometry.of(data_of_moments(Sxx, Sxy))
    W1, W2 = start_for(made, "spectral", 1.5, 7)
    assert W1.shape == (3, 2) and W2.shape == (2, 2)
    np.testing.assert_allclose(W1 @ W2, math.exp(-3.0) * np.array([[1, 0], [0, 0], [0, 1]]), atol=1e-15)
    np.testing.assert_allclose(W1.T @ W1, W2 @ W2.T, atol=1e-15)
    # Q of seed 7 takes its Gaussian matrix to a triangle with a positive diagonal
    Q = math.exp(1.5) * np.array([W1[0], W1[2]])
    triangle = Q.T @ np.random.default_rng(7).standard_normal((2, 2))
    assert triangle[1, 0] == pytest.approx(0, abs=1e-12) and (np.diag(triangle) > 0).all()
    other = start_for(made, "gaussian", 1.5, 7)
    random = np.random.default_rng(7)
    for factor, size in zip(other, ((3, 2), (2, 2)), strict=True):
        np.testing.assert_allclose(factor, random.standard_normal(size) * math.exp(-1.5))


# departures


class Fit:
    """A descent beside a fit of size 1 whose distances are prescribed; asked for every 25 steps, four at a time."""

    sharpness = 4.0
    best = np.array([[4.0]])

    def __init__(
        self,
        distance: Callable[[int], float],
        *,
        sharp: float = 10.0,
        size: Callable[[int], float] = TWO,
        lost: int | None = None,
    ) -> None:
        self.distance, self.sharp, self.size, self.lost = distance, sharp, size, lost
        self.blocks = 0
        self.starts: list[tuple[float, float]] = []

    def descend(self, W1: Any, W2: Any, eta: float, times: Any) -> Any:
        assert eta == pytest.approx(2.2 / 4) and list(times) == [0, 25, 50, 75, 100]
        self.starts.append((float(W1[0, 0]), float(W2[0, 0])))
        at = 100 * self.blocks + np.array([0, 25, 50, 75, 100])
        self.blocks += 1
        return SimpleNamespace(
            W1=np.array([-self.size(int(k)) for k in at])[:, None, None],
            W2=np.full((5, 1, 1), -2.0),
            W=at[:, None, None],
            diverged_at=0 if self.lost == self.blocks else None,
        )

    def predictions(self, W: Any) -> Any:
        return W[:, 0, 0]

    def distance_to_best(self, P: Any) -> float:
        return self.distance(int(P))

    def sharpness_at(self, W1: Any, W2: Any) -> float:
        return self.sharp


def watched(made: Fit, budget: int = 2000) -> Departure:
    return departure(made, budget)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("budget", "blocks"), [(1, 4), (400, 4), (401, 5), (1000, 10), (1001, 11), (2000, 20), (10**6, 20)]
)
def test_between_four_hundred_and_two_thousand_steps_are_watched(budget: int, blocks: int) -> None:
    made = Fit(lambda k: k * 1e-9)
    seen = watched(made, budget)
    assert seen.stays_away is None and seen.farthest == pytest.approx(100 * blocks * 1e-9)
    assert made.blocks == blocks
    assert made.starts[1:] == [(-2.0, -2.0)] * (blocks - 1)


def test_a_descent_that_grows_a_million_times_has_left_for_infinity() -> None:
    assert watched(Fit(flat(0.5), lost=2)) == Departure(True, math.inf)
    # its own factors are 2 and 2 and a push of 2e-8 either way, so it may grow to 4e6
    for top, end in ((3.999e6, 0.5), (4.001e6, math.inf)):
        sizes = {150: top}
        assert watched(Fit(flat(0.5), size=lambda k, sizes=sizes: sizes.get(k, 2.0))).farthest == end  # type: ignore[misc]


def test_a_return_is_to_the_fit_at_factors_that_bear_the_step() -> None:
    def away(far: float, end: float) -> Callable[[int], float]:
        return lambda k: far if k == 125 else end if k == 200 else 0.5 if k > 200 else 1e-8

    # sharpness below 2/(2.2/4), about 3.636, is borne
    assert watched(Fit(away(0.3, 0.9e-4), sharp=3.63)) == Departure(False, 0.3)
    for far, end, sharp in (
        (0.3, 0.9e-4, 3.64),  # repels
        (0.3, 1e-4, 3.63),  # not near
        (1e-3, 0.9e-4, 3.63),  # was never away
    ):
        assert watched(Fit(away(far, end), sharp=sharp)) == Departure(True, 0.5)
    assert watched(Fit(away(1.1e-3, 0.9e-4), sharp=3.63)) == Departure(False, 1.1e-3)


def test_the_start_of_the_walk_is_not_looked_at() -> None:
    assert watched(Fit(lambda k: 9.0 if k == 0 else 1e-8), 400) == Departure(None, 1e-8)


def test_a_fit_is_pushed_by_a_hundred_millionth_in_a_direction_that_is_always_the_same() -> None:
    # the first two normal numbers of seed 0 are 0.126 and -0.132
    W1, W2 = _pushed(SimpleNamespace(best=np.array([[4.0]])))  # type: ignore[arg-type]
    sign = math.copysign(1, W1[0, 0])
    assert abs(W1[0, 0]) - 2 == pytest.approx(2e-8 * sign, rel=1e-6)
    assert abs(W2[0, 0]) - 2 == pytest.approx(-2e-8 * sign, rel=1e-6)
    W1, W2 = _pushed(SimpleNamespace(best=np.array([[9.0, 0.0], [0.0, 4.0], [0.0, 0.0]])))  # type: ignore[arg-type]
    balanced = np.array([[3.0, 0], [0, 2], [0, 0]]), np.array([[3.0, 0], [0, 2]])
    for factor, exact in zip((W1, W2), balanced, strict=True):
        signs = np.sign(np.round(factor.sum(axis=1 if factor is W2 else 0)))
        gap = factor - (exact * signs[:, None] if factor is W2 else exact * signs)
        assert np.linalg.norm(gap) == pytest.approx(1e-8 * math.sqrt(13), rel=1e-6)
        assert (np.abs(gap) > 0).all()
    np.testing.assert_allclose(W1 @ W2, [[9, 0], [0, 4], [0, 0]], atol=1e-6)


def test_a_descent_stays_away_when_its_last_quarter_is_no_nearer_by_a_fifth() -> None:
    begin = [1e-8, 9.0, 9.0, 9.0]
    for end, stays in (
        ([0.5, 0.5, 0.4, 0.4], True), ([0.5, 0.5, 0.39, 0.39], None),
        ([0.5, 0.5, 0.6, 1e-3], None), ([0.5, 1e-3, 0.6, 0.6], None), ([0.5, 1.01e-3, 0.6, 0.6], True),
        ([1e-3, 1e-3, 1e-3, 1e-3], None), ([2e-3, 2e-3, 2e-3, 2e-3], True),
    ):  # fmt: skip
        assert _stays(begin + end) is stays, end
    # twelve looks: the medians are those of looks 7 to 9 and 10 to 12
    assert _stays([9.0] * 6 + [0.1, 0.5, 0.9, 0.1, 0.4, 0.9]) is True
    assert _stays([9.0] * 6 + [0.1, 0.5, 0.9, 0.1, 0.39, 0.9]) is None


def test_what_is_farther_than_a_thousandth_has_left() -> None:
    assert [Departure(None, far).left for far in (1e-3, 1.001e-3, math.inf)] == [False, True, True]


# geometry


def of(lam: Sequence[float], sigma: Sequence[float]) -> Geometry:
    return Geometry.of(data_of_moments(np.diag(lam), np.diag(sigma)))


def test_numbers_of_a_diagonal_data_set_worked_out_by_hand() -> None:
    made = of([1.0, 2.0, 3.0], [3.0, 2.0, 0.25])
    assert made.shape == (3, 3) and list(made.ranks) == [1, 2, 3] and made.null_dimension == 0
    np.testing.assert_allclose(made.sigma, [3, 2, 0.25])
    np.testing.assert_allclose(made.lam, [1, 2, 3])
    np.testing.assert_allclose(made.gains, [9, 2, 1 / 48])
    np.testing.assert_allclose(made.best, np.diag([3, 1, 1 / 12]), atol=1e-15)
    np.testing.assert_allclose(made.solution(2), np.diag([3, 1, 0]), atol=1e-15)
    np.testing.assert_allclose([made.rrr_loss(j) for j in (1, 2, 3)], [1 + 1 / 96, 1 / 96, 0], atol=1e-30)
    # stretch 3 times diag(1, 2, 3), and diag(1 3, 2 1, 3/12)
    assert made.sharpness == pytest.approx(9 + 0.25)
    assert made.step_sizes == {
        "monotone": pytest.approx(1 / 6), "convergent": pytest.approx(1 / 3), "stable": pytest.approx(2 / 9.25),
    }  # fmt: skip
    assert made.default_eta == pytest.approx(1 / 9.25)
    np.testing.assert_allclose(made.predicted_steps(0.5, 6.0), 6 / np.log([2.5, 2.0, 1.125]))
    for share in (0.25, 0.5):
        np.testing.assert_allclose(made.learned(share * made.best[None]), [[share] * 3])
    half = made.predictions(0.5 * made.best)
    np.testing.assert_allclose(made.loss(half), (9 + 2 + 1 / 48) / 8)
    made.__dict__["sharpness"] = 1.0
    assert made.default_eta == pytest.approx(1 / 6)


def test_without_modes_there_are_no_steps() -> None:
    made = Geometry.of(data_of_moments(np.eye(2), np.zeros((2, 2))))
    assert made.m == 0 and made.sharpness == 0.0
    assert made.step_sizes == {"monotone": None, "convergent": None, "stable": None}


def data(Sxx: Any, Sxy: Any, *, syy: float | None, n: int | None, root: Any = None) -> DataSet:
    Sxx, Sxy = np.array(Sxx, dtype=float), np.array(Sxy, dtype=float)
    root = np.sqrt(Sxx) if root is None else np.array(root, dtype=float)
    return DataSet(Sxx, Sxy, syy, n, root, np.linalg.pinv(root), np.linalg.pinv(root).T @ Sxy, 0.0)


def test_modes_below_rounding_of_the_moments_are_none() -> None:
    def modes(first: float, second: float, syy: float | None) -> int:
        return Geometry.of(data(np.diag([1.0, 3.0]), np.diag([first, second]), syy=syy, n=9)).m

    # entries are known to 32 eps sqrt(tr Sxx syy) = 128 eps, and modes to 1e-10 of the first
    noise = 128 * 2.0**-52
    assert [modes(1e-6, noise * f, 4.0) for f in (0.99, 1.01)] == [1, 2]
    assert [modes(1e-6, noise * 0.99, None), modes(1.0, 1.01e-10, 4.0), modes(1.0, 0.99e-10, 4.0)] == [
        2,
        2,
        1,
    ]
    assert [modes(noise * f, 0.0, 4.0) for f in (0.5, 1.0, 1.01)] == [0, 0, 1]
    assert modes(noise * 0.5, 0.0, None) == 1


def test_there_are_no_more_modes_than_directions_with_data() -> None:
    made = Geometry.of(data(np.eye(3), np.diag([3.0, 2.0, 1.0]), syy=None, n=9, root=[[1, 0, 0], [0, 1, 0]]))
    assert made.m == 2 and made.null_dimension == 1


def test_moments_without_samples_are_asked_whether_any_have_them() -> None:
    Sxx, Sxy = np.diag([1.0, 0.0]), np.eye(2)
    with pytest.raises(ValueError, match="range"):
        Geometry.of(data(Sxx, Sxy, syy=2.0, n=None))
    assert Geometry.of(data(Sxx, Sxy, syy=2.0, n=5, root=[[1, 0]])).m == 1


def test_the_share_off_the_data_is_that_of_the_norm() -> None:
    made = Geometry.of(data_of_moments(np.diag([4.0, 0.0]), np.array([[2.0], [0.0]])))
    assert made.null_dimension == 1
    assert made.null_share(np.array([[3.0], [4.0]])) == pytest.approx(0.8)
    assert made.null_share(np.array([[-0.3], [0.4]])) == pytest.approx(0.8)
    assert made.null_share(np.array([[0.3], [0.0]])) == 0.0
    assert made.null_share(np.zeros((2, 1))) == 0.0
    rng = np.random.default_rng(0)
    full = Geometry.of(data_of_moments(np.diag([4.0, 1e-3]), rng.standard_normal((2, 1))))
    assert full.null_share(rng.standard_normal((2, 1))) == 0.0  # not even a rounding


@pytest.mark.parametrize(("rank", "d", "form"), [(2, 3, "moments"), (2, 4, "moments"), (2, 5, "samples")])
def test_the_cheaper_of_two_gradients_is_taken(
    rank: int, d: int, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[tuple[str, list[Any]]] = []
    for name, word in (("matrix_descent", "moments"), ("matrix_descent_data", "samples")):
        monkeypatch.setattr(geometry, name, lambda *given, word=word: taken.append((word, list(given))))
    Sxx = np.diag([4.0, 1.0, *[0.0] * (d - 2)])
    made = Geometry.of(data_of_moments(Sxx, Sxx[:, :1]))
    made.descend(np.ones((d, 1)), np.ones((1, 1)), 0.5, [0, 7])
    ((word, given),) = taken
    assert word == form and given[4:] == [0.5, [0, 7]]
    if word == "samples":
        # means over its rows are what they are of root and fitted, and the rows are two
        np.testing.assert_allclose(given[0].T @ given[0] / 2, Sxx, atol=1e-14)
        np.testing.assert_allclose(given[0].T @ given[1] / 2, Sxx[:, :1], atol=1e-14)
    else:
        np.testing.assert_array_equal(given[0], Sxx)


def test_distances_of_several_ranks_worked_out_by_hand() -> None:
    made = of([1.0, 2.0, 3.0], [3.0, 2.0, 0.25])
    # in prediction norm W = diag(1, 1, 1) is (1, sqrt 2, sqrt 3) beside (3, sqrt 2, sqrt 3 / 12)
    W = np.stack([np.eye(3), np.diag([3.0, 1.0, 0.0])])
    first = math.sqrt(4 + 2 + 3) / 3, math.sqrt(4 + 3) / math.sqrt(11)
    third = math.sqrt(4 + 3 * (11 / 12) ** 2) / math.sqrt(11 + 1 / 48)
    second = math.sqrt(2) / 3, 0.0, math.sqrt(1 / 48) / math.sqrt(11 + 1 / 48)
    for found in (
        made.distances_to_rrr(made.predictions(W)),
        made.distances_to_plateaus(made.predictions(W)),
    ):
        np.testing.assert_allclose(found, [[*first, third], second], atol=1e-14)
    assert made.distance_to_best(made.predictions(W[0])) == pytest.approx(third)


def test_fitted_values_below_rounding_are_none() -> None:
    for last, kept in ((13.0, True), (12.0, False), (5.0, False)):  # three times 4 roundings is none
        size = last * 2.0**-52
        fitted = np.array([[0.0, 4.0, 0.0], [size, 0.0, 0.0]])
        made = Geometry.of(replace(data_of_moments(np.eye(2), fitted), fitted=fitted))
        assert made.rrr_loss(1) == pytest.approx(size**2 / 2 if kept else 0.0, rel=1e-9, abs=1e-60)
        assert made.rrr_loss(0) == pytest.approx(8.0) and made.rrr_loss(2) == 0.0


def test_the_sharpness_at_other_factors_of_the_same_fit() -> None:
    made = of([1.0, 4.0], [2.0, 4.0])  # the fit is diag(2, 1)
    # |W2|^2 = 9 times diag(1, 4), and diag(1, 4) times the squares of diag(2/3, 1)
    assert made.sharpness_at(np.diag([2 / 3, 1.0]), np.diag([3.0, 1.0])) == pytest.approx(36 + 4)
    assert made.sharpness_at(np.diag([4.0, 1.0]), np.diag([0.5, 1.0])) == pytest.approx(1 + 16)
