"""Problems by hand: what each choice of a source leads to, and which values belong to a domain."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest

from rankladder import Int, Problem
from rankladder.domains.matrices import Reflections
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.simulate import joint_problems as problems
from rankladder.simulate.joint_problems import JointProblem
from tests.properties.test_domains import Asked, refused
from tests.properties.test_neighbours import Script


def one(d: int, p: int, r: int, sigma: Any, lam: Any, B: Any = ()) -> JointProblem:
    return JointProblem(
        tuple(map(F, sigma)), tuple(map(F, lam)), Reflections(d), Reflections(p), Reflections(r), B
    )


def test_what_a_problem_asks_for_is_checked() -> None:
    made = Problem(d=3, sigma=(1, 1 + F(1, 9)), lam=(1, 1), null=(0, 0), gap=0)
    assert (made.d, made.sigma, made.lam, made.null, made.gap) == (
        Int(3, 3),
        (1, F(10, 9)),
        (1, 1),
        (0, 0),
        0,
    )
    for name in ("sigma", "lam"):
        refused(ValueError, lambda n=name: Problem(**{n: (0, 1)}), "Expected numbers above 0")  # type: ignore[misc]
    refused(ValueError, lambda: Problem(sigma=(1, 1)), "Expected lower < upper but got Problem(sigma=(1, 1))")
    refused(
        ValueError, lambda: Problem(null=(-1, 1)), "Expected numbers from 0 on but got Problem(null=(-1, 1))"
    )
    refused(ValueError, lambda: Problem(gap=F(-1, 9)), "Expected a number from 0 on but got Problem(gap=")
    refused(
        ValueError,
        lambda: Problem(kind="odd"),
        "Expected kind commuting, whitened, autoencoder, noncommuting",
    )  # type: ignore[arg-type]
    refused(ValueError, lambda: Problem(d=1, kind="noncommuting"), "Expected room for d = 2")
    assert Problem(d=2, kind="noncommuting").d == Int(2, 2) and Problem(d=1).d == Int(1, 1)
    for name in ("d", "p", "r", "modes"):
        refused(
            ValueError,
            lambda n=name: Problem(**{n: 0}),
            f"Expected a size from 1 on but got Problem({name}=0)",
        )  # type: ignore[misc]


def test_problems_are_described_in_a_line() -> None:
    assert str(Problem(d=2, p=Int(1, 3), r=4, modes=Int(1, 2), gap=F(1, 3))) == (
        "commuting problems: d 2 to 2, p 1 to 3, r 4 to 4, 1 to 2 modes, sigma in [1/4, 4], "
        "lam in [1/4, 4], null lam in [0, 4], gaps at least 1/3"
    )
    for kind in ("whitened", "autoencoder"):
        assert str(Problem(kind=kind, d=2, p=2, r=2)) == (  # type: ignore[arg-type]
            f"{kind} problems: d 2 to 2, p 2 to 2, r 2 to 2, 1 to 8 modes, sigma in [1/4, 4]"
        )


def test_what_a_conclusion_sees_of_a_problem() -> None:
    value = one(3, 2, 4, (3, 1), (2, 4, 5), ((0, 1, F(1, 2)), (1, 2, F(-1, 3))))
    view = Problem(kind="noncommuting").realise(value, lambda x: x)
    assert (view.d, view.p, view.r, view.m, view.q) == (3, 2, 4, 2, 2)
    assert view.Sxx.tolist() == [[2, F(1, 2), 0], [F(1, 2), 4, F(-1, 3)], [0, F(-1, 3), 5]]
    assert view.B.tolist() == [[0, F(1, 2), 0], [F(1, 2), 0, F(-1, 3)], [0, F(-1, 3), 0]]
    assert view.Sxy.tolist() == [[3, 0], [0, 1], [0, 0]]
    assert (view.sigma.tolist(), view.lam.tolist(), view.omega.tolist()) == (
        [3, 1],
        [2, 4, 5],
        [F(3, 2), F(1, 4)],
    )
    assert view.plateau(0).tolist() == [[0, 0]] * 3
    assert view.plateau(1).tolist() == [[F(3, 2), 0], [0, 0], [0, 0]]
    assert view.plateau(2).tolist() == [[F(3, 2), 0], [0, F(1, 4)], [0, 0]]
    turned = JointProblem(
        (F(3),), (F(2), F(1)), Reflections(2, ((1, -1),)), Reflections(1, ((1,),)), Reflections(1)
    )
    view = Problem().realise(turned, lambda x: x)  # U swaps, V changes the sign
    assert view.Sxy.tolist() == [[0], [-3]] and view.Sxx.tolist() == [[1, 0], [0, 2]]
    assert view.U.tolist() == [[0, 1], [1, 0]] and view.V.tolist() == [[-1]] and view.Q.tolist() == [[1]]
    assert view.compose((F(2),)).tolist() == [[0], [-2]]


def test_shapes_of_a_problem_are_drawn_first() -> None:
    tied = Problem(kind="autoencoder", d=Int(1, 3), p=Int(5, 6), r=Int(2, 3), modes=Int(1, 8))
    #       d  p  r  m  sigma 17/8       U  Q
    source = Asked(2, 5, 3, 1, 2, 2**19, 0, 0)
    value = tied.draw(source, None, {})
    assert value == one(2, 2, 3, (F(17, 8),), (F(17, 8), 0))
    assert source.ranges[:4] == [(1, 3), (5, 6), (2, 3), (1, 2)] and value.U is value.V
    plain = Problem(d=3, p=2, r=2, modes=Int(1, 1))
    #              d  p  r  m  sigma     lam       null: zero, drawn    U  V  Q
    source = Asked(3, 2, 2, 1, 2, 2**19, 2, 2**19, 0, 1, 2, 2**19, 0, 0, 0)
    assert plain.draw(source, None, {}) == one(3, 2, 2, (F(17, 8),), (F(17, 8), 0, 2))
    assert source.ranges[3] == (1, 1)
    loud = Problem(d=2, p=1, r=1, null=(1, 3))  # without 0 in its range, drawn
    assert loud.draw(Script(2, 1, 1, 1, 2, 2**19, 2, 2**19, 0, 2, 2**19, 0, 0, 0), None, {}).lam == (
        F(17, 8),
        2,
    )
    with pytest.raises(Infeasible):
        Problem(d=Int(1, 3), p=3, r=3, modes=Int(2, 2)).draw(Script(1, 3, 3), None, {})
    exactly = Problem(d=Int(1, 3), p=3, r=3, modes=Int(2, 2), kind="whitened")
    assert exactly.draw(Script(2, 3, 3, 2, 2, 2**19, 2, 2**19, 5, 0, 0, 0), None, {}).lam == (1, 1)


def test_noise_stays_below_what_keeps_a_problem_definite() -> None:
    noisy = Problem(d=Int(1, 3), p=1, r=1, kind="noncommuting", lam=(1, 3))
    #              d->2     m  sigma     lam, lam             U  V  Q  noise
    source = Asked(1, 1, 1, 1, 2, 2**19, 2, 2**19, 2, 2**18, 0, 0, 0, -7)
    value = noisy.draw(source, None, {})
    assert (value.U.n, value.lam, value.B) == (2, (2, F(3, 2)), ((0, 1, F(-7, 8) * F(3, 2) / 2),))
    assert source.ranges[-1] == (-7, 7)
    assert noisy._noise(Script(1, 0, 8 - 1), (F(4), F(2), F(3))) == ((0, 1, F(1, 12)), (1, 2, F(7, 12)))
    assert noisy._noise(Script(0, 0, 0), (F(4), F(2), F(3))) == ((0, 1, F(1, 3)),)  # never none
    assert Problem()._noise(Script(), (F(4), F(2))) == ()
    three = Problem(d=Int(3, 4), p=1, r=1, kind="noncommuting")
    assert three.draw(RandomSource(1), None, {}).U.n >= 3


def test_a_problem_moves_in_one_part() -> None:
    value = one(3, 3, 3, (3, 2), (1, 2, 3))
    step = (8, 0, 0)  # half as much again
    assert Problem().mutate(value, Script(0, 1, *step)) == one(3, 3, 3, (3, 3), (1, 2, 3))
    source = Asked(1, 1, 16, 0, 0)
    assert Problem().mutate(value, source) == one(3, 3, 3, (4, 3), (1, 2, 3))
    assert source.ranges[:2] == [(0, 9), (0, 1)]
    source = Asked(2, 2, *step)
    assert Problem().mutate(value, source) == one(3, 3, 3, (3, 2), (1, 2, F(9, 2)))
    assert source.ranges[:2] == [(0, 9), (0, 2)]
    assert Problem().mutate(value, Script(3, 0, *step)) == one(3, 3, 3, (3, 2), (F(3, 2), 2, 3))
    new = Reflections(3, ((1, 2, 3),))
    for part in (4, 5):
        for k, name in enumerate("UVQ"):
            moved = Problem().mutate(value, Script(part, k, 0, 1, 1, 2, 3))
            assert [getattr(moved, n) == new for n in "UVQ"] == [n == name for n in "UVQ"]
            assert (moved.sigma, moved.lam) == (value.sigma, value.lam)
    # whitened and tied problems have no lam of their own
    assert new == Problem(kind="whitened").mutate(value, Script(3, 2, 0, 1, 1, 2, 3)).Q
    tied = one(3, 3, 3, (3, 2), (3, 2, 0))
    moved = Problem(kind="autoencoder").mutate(tied, Script(1, 1, 16, 0, 0))
    assert (moved.sigma, moved.lam) == ((4, 3), (4, 3, 0))
    for k in (0, 1):
        moved = Problem(kind="autoencoder").mutate(tied, Script(2, k, 0, 1, 1, 2, 3))
        assert moved.U == moved.V == new != moved.Q
    noisy = Problem(kind="noncommuting")
    moved = noisy.mutate(one(2, 1, 1, (1,), (2, 1), ((0, 1, F(1, 9)),)), Script(4, 8 - 1))
    assert ((0, 1, F(7, 16)),) == moved.B
    assert new == noisy.mutate(value, Script(5, 0, 0, 1, 1, 2, 3)).U
    assert noisy.mutate(value, Script(2, 0, *step)).lam == (F(3, 2), 2, 3)


def test_simpler_problems_in_their_order() -> None:
    value = one(3, 4, 5, (3, 2), (1, 1, 1))
    made = list(Problem().simpler(value))
    assert made[:2] == [one(2, 3, 4, (2,), (1, 1)), one(2, 3, 4, (3,), (1, 1))]
    assert [m.shape for m in made[2:6]] == [(2, 2, 2), (2, 4, 5), (3, 3, 5), (3, 4, 4)]
    assert all(m.shape == value.shape for m in made[6:])
    # nothing is smaller than its number of modes, nor the same once more
    single = one(1, 1, 2, (3,), (1,))
    assert next(iter(Problem().simpler(single))).shape == (1, 1, 1)
    small = one(1, 1, 1, (1,), (F(3, 2),))
    assert list(Problem().simpler(small)) == [one(1, 1, 1, (1,), (x,)) for x in (1, 1, 2)]
    small = one(1, 1, 1, (F(3, 2),), (1,))
    assert list(Problem().simpler(small)) == [one(1, 1, 1, (x,), (1,)) for x in (1, 1, 2)]
    tied = one(2, 2, 2, (F(3, 2),), (F(3, 2), 0))
    made = list(Problem(kind="autoencoder").simpler(tied))
    assert [m.shape for m in made] == [(1, 1, 1), (1, 1, 2), (2, 1, 2), (2, 2, 1), *[(2, 2, 2)] * 3]
    assert made[4:] == [one(2, 2, 2, (x,), (x, 0)) for x in (1, 1, 2)]  # made whole, rounded


@pytest.mark.parametrize("count", [1, 2, 3])
def test_noise_loses_one_entry_but_never_the_last(count: int) -> None:
    noise = ((0, 1, F(1, 2)), (0, 2, F(1, 4)), (1, 2, F(1, 8)))[:count]
    value = one(3, 3, 3, (1,), (1, 1, 1), noise)
    fewer = [
        m.B
        for m in Problem(kind="noncommuting").simpler(value)
        if m.shape == value.shape and len(m.B) < count
    ]
    assert fewer == ([noise[:i] + noise[i + 1 :] for i in range(count)] if count > 1 else [])


def test_noise_goes_with_its_row_and_column() -> None:
    noise = ((0, 1, F(1, 2)), (0, 2, F(1, 4)), (1, 2, F(1, 8)))
    value = JointProblem(
        (F(3), F(2)),
        (F(1), F(2), F(3)),
        Reflections(3, ((1, 2, 3), (0, 0, 1))),
        Reflections(2),
        Reflections(2),
        noise,
    )
    first = problems._without_mode(value, 0)
    assert (first.sigma, first.lam, first.B) == ((F(2),), (F(2), F(3)), ((0, 1, F(1, 8)),))
    second = problems._without_mode(value, 1)
    assert (second.sigma, second.lam, second.B) == ((F(3),), (F(1), F(3)), ((0, 1, F(1, 4)),))
    assert Reflections(2, ((1, 2),)) == second.U  # what is all zeros there is no reflection
    smaller = problems._resized(value, 2, 2, 1)
    assert (smaller.lam, smaller.B, smaller.shape) == ((F(1), F(2)), ((0, 1, F(1, 2)),), (2, 2, 1))
    assert problems._resized(value, 1, 1, 1).B == ()


def test_a_problem_weighs_by_all_its_parts() -> None:
    value = JointProblem(
        (F(2),),
        (F(1), F(1, 2)),
        Reflections(2, ((1, 2),)),
        Reflections(1, ((1,),)),
        Reflections(3),
        ((0, 1, F(1, 4)),),
    )
    # frames 5 + 3 + 0, numbers 4 + 3 + 5, shapes 6, noise 3 + 4
    assert Problem().weight(value) == 8 + 12 + 6 + 7
    assert Problem().coordinates("p", value) == {
        "p.d": (2.0, 2.0), "p.p": (1.0, 1.0), "p.r": (3.0, 3.0), "p.m": (1.0, 1.0), "p.sigma": (2.0, 2.0),
        "p.lam": (1.0, 1.0), "p.lam_null": (0.5, 0.5), "p.B": (0.25, 0.25),
    }  # fmt: skip
    wide = one(4, 2, 2, (3, 1), (1, 2, 4, F(1, 2)), ((0, 1, F(-1, 4)), (0, 2, F(1, 8))))
    found = Problem().coordinates("p", wide)
    assert [found[f"p.{n}"] for n in ("sigma", "lam", "lam_null", "B", "m")] == [
        (1, 3),
        (1, 2),
        (0.5, 4),
        (0.125, 0.25),
        (2, 2),
    ]
    assert "p.B" not in Problem().coordinates("p", one(1, 1, 1, (1,), (1,)))
    assert "p.lam_null" not in Problem().coordinates("p", one(1, 1, 1, (1,), (1,)))


def test_which_problems_belong_to_a_domain() -> None:
    domain = Problem(
        d=Int(2, 3), p=Int(2, 3), r=Int(2, 3), modes=Int(1, 2), sigma=(1, 3), lam=(1, 2), null=(0, 5), gap=1
    )
    for value, held in (
        (one(2, 2, 2, (3, 1), (1, 2)), True),
        (one(3, 3, 3, (2, 1), (2, 2, 5)), True),
        (one(3, 3, 3, (2, 1), (2, 2, 0)), True),
        (one(3, 3, 3, (2, 1), (2, 2, 6)), False),
        (one(3, 3, 3, (2, 1), (2, 3, 1)), False),  # lam of an active mode
        (one(3, 3, 3, (4, 1), (1, 1, 1)), False),
        (one(3, 3, 3, (2, F(1, 2)), (1, 1, 1)), False),
        (one(3, 3, 3, (2, F(3, 2)), (1, 1, 1)), False),  # too close
        (one(3, 3, 3, (1, 3), (1, 1, 1)), False),  # the wrong way round
        (one(3, 3, 3, (1,), (1, 1, 1)), True),
        (one(3, 3, 3, (3, 2, 1), (1, 1, 1)), False),  # more modes than asked for
        (one(3, 3, 3, (), (1, 1, 1)), False),
        (one(3, 3, 3, (1,), (1, 1)), False),
        (one(1, 2, 2, (1,), (1,)), False), (one(4, 2, 2, (1,), (1, 1, 1, 1)), False),
        (one(2, 1, 2, (1,), (1, 1)), False), (one(2, 4, 2, (1,), (1, 1)), False),
        (one(2, 2, 1, (1,), (1, 1)), False), (one(2, 2, 4, (1,), (1, 1)), False),
        (one(2, 2, 2, (1,), (1, 1), ((0, 1, F(1, 9)),)), False),  # does not commute
        ((F(1),), False),
    ):  # fmt: skip
        assert domain.contains(value, {}) is held, value
    assert not Problem(modes=Int(1, 8)).contains(
        one(2, 1, 1, (2, 1), (1, 1)), {}
    )  # more modes than p and r have
    assert not Problem(modes=Int(2, 8)).contains(one(2, 2, 2, (1,), (1, 1)), {})


def test_which_problems_are_of_a_kind() -> None:
    whitened, tied, noisy = (Problem(kind=k) for k in ("whitened", "autoencoder", "noncommuting"))  # type: ignore[arg-type]
    noise = ((0, 1, F(1, 3)),)
    assert whitened.contains(one(2, 2, 2, (2,), (1, 1)), {})
    assert not whitened.contains(one(2, 2, 2, (2,), (1, 2)), {})
    assert not whitened.contains(one(2, 2, 2, (2,), (1, 1), noise), {})
    assert tied.contains(one(2, 2, 2, (2,), (2, 0)), {})
    assert not tied.contains(one(2, 2, 2, (2,), (2, 1)), {})
    assert not tied.contains(one(2, 2, 2, (2,), (1, 0)), {})
    assert not tied.contains(one(2, 2, 2, (2,), (2, 0), noise), {})
    other = JointProblem((F(2),), (F(2), F(0)), Reflections(2), Reflections(2, ((1, 0),)), Reflections(2))
    assert not tied.contains(other, {})
    # noise below the smaller of two lam over d
    for size, held in (
        (F(49, 100), True),
        (F(-49, 100), True),
        (F(1, 2), False),
        (F(-1, 2), False),
        (F(0), False),
    ):
        assert noisy.contains(one(2, 2, 2, (2,), (1, 2), ((0, 1, size),)), {}) is held
        assert noisy.contains(one(2, 2, 2, (2,), (2, 1), ((0, 1, size),)), {}) is held
    assert not noisy.contains(one(2, 2, 2, (2,), (1, 2)), {})
    assert not Problem(kind="noncommuting", lam=(1, 2)).contains(one(2, 2, 2, (2,), (1, 3), noise), {})
    assert Problem(kind="noncommuting", lam=(1, 3), null=(0, 1)).contains(
        one(2, 2, 2, (2,), (1, 3), noise), {}
    )


def test_what_problems_are_without_arguments() -> None:
    made = Problem()
    assert (made.d, made.p, made.r, made.modes) == (Int(1, 8),) * 4
    assert (made.sigma, made.lam, made.null, made.gap) == ((F(1, 4), 4), (F(1, 4), 4), (0, 4), 0)


def test_a_gap_leaves_room_for_so_many_sigma() -> None:
    def modes(**domain: Any) -> set[int]:
        problem = Problem(d=Int(5, 6), p=Int(5, 6), r=Int(5, 6), **domain)
        return {len(problem.draw(RandomSource(seed), None, {}).sigma) for seed in range(80)}

    assert modes(sigma=(1, 4), gap=1) == {1, 2, 3, 4}  # 4, 3, 2, 1
    assert modes(sigma=(1, 4), gap=F(11, 10)) == {1, 2, 3}
    assert modes(sigma=(1, 4)) == {1, 2, 3, 4, 5, 6}
    assert modes(sigma=(1, 4), gap=1, modes=Int(4, 8)) == {4}
    refused(
        ValueError,
        lambda: Problem(sigma=(1, 4), gap=F(11, 10), modes=Int(4, 8)),
        "Expected room for 4 sigma but got commuting problems",
    )
