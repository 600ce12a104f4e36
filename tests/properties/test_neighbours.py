"""Neighbours and simpler values: every one stays what it was, moves no further than it says, and none is missing."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from rankladder import Int, Invertible, Matrix, Orthogonal, Problem, Real, Spectrum
from rankladder.domains.matrices import Rational, Reflections, Shears
from rankladder.domains.randomness import RandomSource
from rankladder.simulate.joint_problems import JointProblem

KINDS = ("commuting", "whitened", "autoencoder", "noncommuting")
SEEDS = range(30)


class Script:
    """A source that gives what it is told, in turn, if that lies in the range asked for."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = list(numbers)

    def integer(self, lowest: int, highest: int) -> int:
        number = self.numbers.pop(0)
        assert lowest <= number <= highest
        return number


class Ends:
    """A source that goes to the ends of every range: to the greatest number, or to the least."""

    def __init__(self, upper: bool) -> None:
        self.upper = upper

    def integer(self, lowest: int, highest: int) -> int:
        return highest if self.upper else lowest


@pytest.mark.parametrize(("low", "high"), [(0, 1), (100, 101), (F(1, 4), 4), (-3, 0)])
def test_a_real_moves_by_its_size_or_by_the_width_of_its_range_at_most(low: F, high: F) -> None:
    domain, source = Real(low, high), RandomSource(1)
    for part in (F(1, 1000), F(1, 3), F(9, 10)):
        value = low + (high - low) * part
        reach = max(abs(value), F(high - low))
        moved = [domain.mutate(value, source) for _ in range(300)]
        assert all(abs(m - value) <= reach for m in moved)
        assert len(set(moved)) > 100  # of many sizes
        assert min(abs(m - value) for m in moved if m != value) < reach / 1000


def test_a_move_within_a_range_is_also_a_stretch_from_either_end() -> None:
    # from 5/4 in (1, 2): the distance to an end is halved, or doubled
    stretched = [Real(1, 2).mutate(F(5, 4), Script(step, 0, 2, end)) for step in (-8, 16) for end in (1, 0)]
    assert stretched == [1 + F(1, 8), 2 - F(3, 8), 1 + F(1, 2), 2 - F(3, 2)]


def test_a_fixed_value_stays() -> None:
    assert Real(2, 2, closed="both").mutate(F(2), RandomSource(1)) == 2


def test_an_integer_moves_by_two_or_by_a_quarter_of_its_range_at_most() -> None:
    domain, source = Int(0, 6400), RandomSource(2)
    moves = [domain.mutate(3000, source) - 3000 for _ in range(600)]
    assert max(moves) == -min(moves) == 1600
    assert sum(abs(m) <= 2 for m in moves) > 200


def test_a_batch_of_draws_lies_in_its_range_and_reaches_both_ends() -> None:
    rng = np.random.default_rng(3)
    for low, high in ((0.0, 1.0), (-7.0, -2.0), (10.0, 1000.0)):
        made = Real(low, high).batch(rng, low, high, 4000)
        assert made.min() >= low and made.max() <= high
        near = (high - low) * 1e-4
        assert np.mean(made < low + near) > 0.05 and np.mean(made > high - near) > 0.03
        assert 0.2 < np.mean((made - low) / (high - low)) < 0.8
    made = Real().batch(rng, -np.inf, np.inf, 4000)
    assert np.mean(made == np.round(made * 16) / 16) > 0.1  # round numbers
    assert np.mean(np.abs(made) < 10) > 0.1  # of ordinary size


def test_both_neighbours_on_every_binary_grid_are_proposed() -> None:
    value = F(12_345_677, 2**24)
    proposed = set(Real().simpler(value))
    for q in (1, 2, 4, 8, 16, 32, 64, 256, 1024):
        assert {F(math.floor(value * q), q), F(math.ceil(value * q), q)} <= proposed, q
    # between two points of a finer grid, so that no finer one proposes it
    value = F(17, 128)
    assert F(5, 32) in Real().simpler(value)


DOMAINS: list[tuple[str, Any]] = [
    ("orthogonal", Orthogonal(3)),
    ("invertible", Invertible(3)),
    ("matrix", Matrix(2, 3)),
    ("one row", Matrix(1, 1)),
    ("spectrum", Spectrum(Int(1, 4))),
    ("fixed spectrum", Spectrum(3)),
    *((kind, Problem(kind=kind, d=Int(1, 4) if kind != "noncommuting" else Int(2, 4), p=Int(1, 4), r=Int(1, 4)))
      for kind in KINDS),
]  # fmt: skip


def entry_count(value: Any) -> int:
    return len(value.sigma) + len(value.lam) + sum(value.shape) if isinstance(value, JointProblem) else 0


@pytest.mark.parametrize(("name", "domain"), DOMAINS, ids=[name for name, _ in DOMAINS])
def test_neighbours_and_simpler_values_are_of_the_same_shape_and_kind(name: str, domain: Any) -> None:
    for seed in SEEDS:
        source = RandomSource(seed)
        value = domain.draw(source, None, {})
        for made in (domain.mutate(value, s) for s in (source, source, source, Ends(True), Ends(False))):
            before, after = domain.realise(value, float), domain.realise(made, float)
            if isinstance(value, JointProblem):
                assert len(made.sigma) <= min(made.shape) and len(made.lam) == made.shape[0]
                if (made.shape, len(made.sigma)) != (value.shape, len(value.sigma)):
                    continue
                parts = sum(
                    getattr(made, part) != getattr(value, part) for part in ("sigma", "lam", "U", "V", "Q", "B")
                )  # fmt: skip
                assert parts <= (2 if domain.kind == "autoencoder" else 1)
            elif name != "spectrum":
                assert np.shape(after) == np.shape(before)
        for made in domain.simpler(value):
            domain.realise(made, float)
            if isinstance(value, JointProblem):
                assert all(m <= n for m, n in zip(made.shape, value.shape, strict=True))
                assert entry_count(made) <= entry_count(value)
                assert len({(i, j) for i, j, _ in made.B}) == len(made.B)
                assert all(i < j < made.U.n for i, j, _ in made.B)
            elif name in ("matrix", "one row", "fixed spectrum"):
                before, after = domain.realise(value, float), domain.realise(made, float)
                assert np.shape(after) == np.shape(before)


def test_every_entry_of_a_matrix_can_move_and_nothing_else_moves_with_it() -> None:
    value, source, domain = (
        Rational(((F(1, 4), F(1, 2), F(3, 4)), (F(5, 4), F(3, 2), F(7, 4)))),
        RandomSource(4),
        Matrix(2, 3),
    )
    moved = [domain.mutate(value, source) for _ in range(200)]
    changed = [np.argwhere(domain.realise(m, float) != domain.realise(value, float)).tolist() for m in moved]
    assert all(len(places) <= 1 for places in changed)
    assert {tuple(p[0]) for p in changed if p} == {(i, j) for i in range(2) for j in range(3)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_of_a_problem_can_move(kind: Any) -> None:
    domain, source = Problem(kind=kind), RandomSource(9)
    value = NOISY if kind == "noncommuting" else replace(NOISY, B=())
    if kind == "autoencoder":
        value = replace(value, lam=(F(3), F(2), F(0)), V=value.U)
    every = [domain.mutate(value, source) for _ in range(400)]
    shapes = [(*m.shape, len(m.sigma)) for m in every]
    now = (*value.shape, len(value.sigma))
    assert all(len({shape[k] for shape in shapes}) > 2 for k in range(4))  # d, p, r and the number of modes
    moved = [m for m, shape in zip(every, shapes, strict=True) if shape == now]
    for part, free in (("sigma", True), ("lam", kind != "whitened")):
        old = getattr(value, part)
        places = {
            i for m in moved for i, (x, y) in enumerate(zip(getattr(m, part), old, strict=True)) if x != y
        }
        kept = len(value.sigma) if kind == "autoencoder" else len(old)  # its null modes are zero
        assert places == (set(range(kept)) if free else set()), part
        # each by itself, though sigma is sorted again
        assert not free or all(any(x not in getattr(m, part) for m in moved) for x in old[:kept])
    for part in "UVQ":
        assert any(getattr(m, part) != getattr(value, part) for m in moved)
    assert any(m.B != value.B for m in moved) is (kind == "noncommuting")


def test_a_simpler_spectrum_differs_in_one_entry_or_lacks_one_or_is_a_whole_multiple() -> None:
    value = (F(31, 9), F(17, 7), F(10, 7))
    whole = (F(217), F(153), F(90))
    simpler = list(Spectrum(Int(1, 4)).simpler(value))
    assert whole in simpler
    for made in simpler:
        if made == whole:
            continue
        left = list(made)
        for x in value:
            if x in left:
                left.remove(x)
        assert (len(made), len(left)) in ((2, 0), (3, 1)), made
    assert [m for m in Spectrum(Int(1, 4)).simpler(value) if len(m) == 2] == [
        value[1:],
        value[::2],
        value[:2],
    ]


def frame(n: int) -> Reflections:
    return Reflections(n, (tuple(range(1, n + 1)), (1,) * n))


NOISY = JointProblem(
    (F(3), F(2)), (F(2), F(3, 2), F(7, 2)), frame(3), frame(4), frame(5),
    ((0, 1, F(1, 9)), (0, 2, F(1, 8)), (1, 2, F(1, 7))),
)  # fmt: skip


def test_a_problem_loses_one_size_at_a_time() -> None:
    shapes = [made.shape for made in Problem().simpler(NOISY) if len(made.sigma) == 2]
    assert {(2, 2, 2), (3, 3, 5), (3, 4, 4)} <= set(shapes)
    assert (2, 4, 5) in shapes
    tied = JointProblem((F(1),), (F(1), F(0), F(0)), frame(3), frame(3), frame(3))
    shapes = [made.shape for made in Problem(kind="autoencoder").simpler(tied)]
    assert {(1, 1, 1), (2, 2, 3), (3, 3, 2)} <= set(shapes)


@pytest.mark.parametrize("mode", [0, 1])
def test_a_problem_without_a_mode_lacks_its_row_and_column(mode: int) -> None:
    made = list(Problem(kind="noncommuting").simpler(NOISY))[mode]
    domain = Problem(kind="noncommuting")
    whole, rest = domain.realise(NOISY, float), domain.realise(made, float)
    for kept, all_of in ((rest.sigma, whole.sigma), (rest.lam, whole.lam)):
        np.testing.assert_array_equal(kept, np.delete(all_of, mode))
    np.testing.assert_array_equal(rest.B, np.delete(np.delete(whole.B, mode, 0), mode, 1))
    assert made.shape == (2, 3, 4)


def test_simpler_noise_is_one_entry_less_or_one_entry_simpler() -> None:
    made = [m for m in Problem(kind="noncommuting").simpler(NOISY) if m.shape == NOISY.shape]
    changed = {m.B for m in made if m.lam == NOISY.lam and m.B != NOISY.B}
    assert {NOISY.B[1:], NOISY.B[::2], NOISY.B[:2]} <= changed
    simpler = [b for b in changed if len(b) == 3]
    assert simpler
    for b in simpler:
        assert [entry[:2] for entry in b] == [(0, 1), (0, 2), (1, 2)]
        assert sum(new != old for new, old in zip(b, NOISY.B, strict=True)) == 1


def test_simpler_spectra_of_a_problem_are_whole_multiples() -> None:
    def spectra(kind: Any, sigma: tuple[F, ...], lam: tuple[F, ...], *B: tuple[int, int, F]) -> list[Any]:
        n = len(lam)
        value = JointProblem(sigma, lam, frame(n), frame(n), frame(n), B)
        simpler = [m for m in Problem(kind=kind).simpler(value) if m.shape == value.shape]
        return [(m.sigma, m.lam, *m.B) for m in simpler if (m.U, m.V, m.Q) == (value.U, value.V, value.Q)]

    # either alone or both, noise as Sxx; what is whole already loses its common divisor
    made = spectra("commuting", (F(3, 2), F(5, 4)), (F(8), F(6)))
    both = ((F(6), F(5)), (F(4), F(3)))
    assert {both, (both[0], (F(8), F(6))), ((F(3, 2), F(5, 4)), both[1])} <= set(made)
    made = spectra("noncommuting", (F(1),), (F(3, 2), F(5, 2)), (0, 1, F(1, 4)))
    assert ((F(1),), (F(3), F(5)), (0, 1, F(1, 2))) in made
    assert all(m[1] != (F(3), F(5)) or m[2] == (0, 1, F(1, 2)) for m in made)
    # where Sxx and Sxy are the same matrix, both or none
    tied = spectra("autoencoder", (F(3, 2), F(5, 4)), (F(3, 2), F(5, 4)))
    assert ((F(6), F(5)), (F(6), F(5))) in tied and all(sigma == lam for sigma, lam in tied)
    # only what is shorter is offered
    made = spectra("commuting", (F(1),), (F(1), F(1), F(1, 2)))
    assert ((F(1),), (F(2), F(2), F(1))) not in made


def test_a_sum_of_modes() -> None:
    view = Problem().realise(NOISY, float)
    np.testing.assert_allclose(view.compose(view.sigma), view.Sxy, atol=1e-12)
    np.testing.assert_allclose(view.plateau(1), 1.5 * np.outer(view.U[:, 0], view.V[:, 0]), atol=1e-12)
    assert view.compose(()).shape == (3, 4) and not view.compose(()).any()


def test_whole_spectra_of_each_kind() -> None:
    for seed in SEEDS:
        tied = Problem(kind="autoencoder").draw(RandomSource(seed), None, {})
        assert tied.lam == tied.sigma + (F(0),) * (tied.U.n - len(tied.sigma))
        commuting = Problem(null=(0, F(1, 8))).draw(RandomSource(seed), None, {})
        assert all(x <= F(1, 8) for x in commuting.lam[len(commuting.sigma) :])
        noisy = Problem(kind="noncommuting", null=(0, F(1, 8)), d=Int(2, 5)).draw(
            RandomSource(seed), None, {}
        )
        assert all(x >= F(1, 4) for x in noisy.lam)


def test_shears_that_undo_themselves_are_not_invertible_and_skew() -> None:
    domain, plain = Invertible(2), Reflections(2, ((1, 2),))
    assert domain.contains(Shears(plain, ((0, 1, F(1)),)), {})
    # a row times -1 is still orthogonal, a row times 0 no longer invertible
    assert not domain.contains(Shears(plain, ((0, 0, F(-2)),)), {})
    assert not domain.contains(Shears(plain, ((1, 1, F(-1)),)), {})
    assert not domain.contains(Shears(Reflections(3), ((0, 1, F(1)),)), {})
