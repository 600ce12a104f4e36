"""Matrices and spectra by hand: what each choice of a source leads to, and which values belong to a domain."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest

from rankladder import Int, Invertible, Matrix, Orthogonal, Spectrum
from rankladder.domains import matrices
from rankladder.domains.matrices import Rational, Reflections, Shears, draw_reflections, size_of
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.numbers.balls import Ball
from tests.properties.test_domains import Asked, refused
from tests.properties.test_neighbours import Script


def test_sizes_are_given_named_or_drawn() -> None:
    assert (size_of(3, {}), size_of("n", {"n": 4}), size_of(Int(1, 2), {})) == (3, 4, None)
    refused(ValueError, lambda: size_of("n", {"m": 3}), "Expected a parameter named 'n' before the matrix;")
    source = Asked(5)
    assert matrices.drawn_size(Int(2, 6), source, {}) == 5 and source.ranges == [(2, 6)]
    assert matrices.drawn_size("n", Script(), {"n": 4}) == matrices.drawn_size(4, Script(), {}) == 4


def test_exact_matrices_in_every_arithmetic() -> None:
    value = Rational(((F(1, 2), F(-3)), (F(0), F(2, 7)), (F(1), F(4))))
    exactly = matrices.numbers(value.exact(), lambda x: x)
    assert exactly.dtype == object and exactly.tolist() == [list(row) for row in value.rows]
    floats = Matrix(3, 2).realise(value, float)
    assert floats.dtype == float and floats.tolist() == [[0.5, -3.0], [0.0, 2 / 7], [1.0, 4.0]]
    balls = matrices.numbers(value.exact(), Ball)
    assert balls.shape == (3, 2) and balls[1, 1].arb.contains(Ball(F(2, 7)).arb) and balls[0, 0].mid == 0.5
    assert str(value) == "[[1/2, -3], [0, 2/7], [1, 4]]"
    row = matrices.vector((F(1, 2), F(3)), float)
    assert row.dtype == float and row.tolist() == [0.5, 3.0]
    assert matrices.vector((F(1, 2), F(3)), lambda x: x).dtype == object
    assert [b.mid for b in matrices.vector((F(1, 2), F(3)), Ball)] == [0.5, 3.0]
    assert Matrix(3, 2).coordinates("A", value) == {"A.rows": (3.0, 3.0), "A.entries": (-3.0, 4.0)}


def test_reflections_are_those_of_their_vectors_in_order() -> None:
    # H(1, 2) = I - 2/5 (1, 2)(1, 2)^T, H(0, 1) = diag(1, -1)
    both = Reflections(2, ((1, 2), (0, 1))).exact()
    assert Orthogonal(2).realise(Reflections(2, ((1, 2),)), lambda x: x).tolist() == [
        [F(3, 5), F(-4, 5)],
        [F(-4, 5), F(-3, 5)],
    ]
    assert matrices.numbers(both, lambda x: x).tolist() == [[F(3, 5), F(4, 5)], [F(-4, 5), F(3, 5)]]
    assert str(Reflections(2, ((1, 2),))) == "Reflections(2, ((1, 2),))"
    for wrong in ((1, 2, 3), (1,), (0, 0)):
        refused(
            ValueError,
            lambda w=wrong: Reflections(2, (w,)),
            f"Expected nonzero vectors of length 2 but got {wrong}",
        )  # type: ignore[misc]
    domain = Orthogonal(2)
    assert [domain.contains(v, {}) for v in (Reflections(2), Reflections(3), Rational(((F(1),),)))] == [
        True,
        False,
        False,
    ]
    assert Orthogonal("n").contains(Reflections(3), {"n": 3}) and Orthogonal(Int(1, 2)).contains(
        Reflections(3), {}
    )
    assert domain.weight(Reflections(2, ((1, -2), (0, 3)))) == 2 * 2 + 6


def test_simpler_reflections_lack_one_or_have_an_entry_closer_to_zero() -> None:
    made = list(Orthogonal(2).simpler(Reflections(2, ((2, 0), (-3, 1)))))
    assert [m.vectors for m in made[:2]] == [((-3, 1),), ((2, 0),)]
    assert {m.vectors for m in made[2:]} == {
        ((1, 0), (-3, 1)), ((2, 0), (0, 1)), ((2, 0), (-2, 1)), ((2, 0), (-3, 0)),
    }  # fmt: skip
    assert len(made) == 6  # the entry 1 has one smaller entry, not two
    assert Orthogonal("n").shrunk(Reflections(3, ((1, 2, 3), (0, 1, 0))), "n", 1) == Reflections(2, ((1, 3),))
    kept = Reflections(2, ((1, 2),))
    assert Orthogonal("n").shrunk(kept, "m", 0) is kept


@pytest.mark.parametrize(
    ("n", "script", "vectors"),
    [
        (1, (0,), ()),
        (1, (1,), ((1,),)),
        (2, (0,), ()),
        (2, (1, 3, -3), ((3, -3),)),
        (2, (1, 0, 0), ((1, 0),)),  # no zero vector
        (2, (2, 1, 2, 3, 1), ((1, 2), (3, 1))),
        (2, (3, 1, 2, 3, 1), ((1, 2), (3, 1))),  # in the plane never three
        (3, (3, 1, 0, 0, 1, 1, 0, 2, 2, 2), ((1, 0, 0), (1, 1, 0), (2, 2, 2))),
        (3, (59, 1, 0, 0, 1, 1, 0), ((1, 0, 0), (1, 1, 0))),
        # two that would commute: along each other, or at right angles
        (2, (2, 1, 2, 2, 4 - 1), ((1, 2), (2, 3))),
        (2, (2, 1, 1, 2, 2), ((1, 1), (1, 0))),
        (2, (2, 1, 0, 0, 1), ((1, 0), (1, 1))),
        (2, (2, 0, 1, 1, 0), ((0, 1), (1, 1))),
        (3, (4, 0, 0, 2, 1, 0, 0), ((0, 0, 2), (1, 0, 1))),
        (3, (4, 0, 2, 1, 0, -2, -1), ((0, 2, 1), (0, 1, 0))),
    ],
)
def test_orthogonal_matrices_are_drawn_from_one_script(n: int, script: tuple[int, ...], vectors: Any) -> None:
    source = Asked(*script)
    assert draw_reflections(source, n) == Reflections(n, vectors)
    assert not source.numbers
    assert source.ranges[0] == ((0, 1) if n == 1 else (0, 59))
    assert set(source.ranges[1:]) <= {(-3, 3)}


def test_shears_are_drawn_printed_and_applied_in_order() -> None:
    value = Shears(Reflections(2), ((0, 1, F(2)), (0, 0, F(1, 2))))
    # I + 2 e0 e1^T, then the first row and column times 3/2
    assert matrices.numbers(value.exact(), lambda x: x).tolist() == [[F(3, 2), F(2)], [F(0), F(1)]]
    assert (value.n, str(value)) == (2, "Shears(Reflections(2, ()), ((0, 1, 2), (0, 0, 1/2)))")
    assert str(Shears(Reflections(2), ((0, 1, F(2)),))) == "Shears(Reflections(2, ()), ((0, 1, 2),))"
    source = Asked(0, 2, 1, 1, 1, 0, 1, 4)
    assert Invertible(2).draw(source, None, {}) == Shears(Reflections(2), ((1, 1, F(-1, 2)), (0, 1, F(2))))
    assert source.ranges == [(0, 59), (1, 3), (0, 1), (0, 1), (0, 3), (0, 1), (0, 1), (0, 4)]
    on, off = (
        [Invertible(2).draw(Script(0, 1, 0, j, k), None, {}).factors[0] for k in range(n)]
        for j, n in ((0, 4), (1, 5))
    )
    assert on == [(0, 0, c) for c in (1, F(-1, 2), 2, F(1, 2))]
    assert off == [(0, 1, c) for c in (1, -1, F(1, 2), F(-1, 2), 2)]
    assert Invertible(2).mutate(value, Script(1, 0, 1, 0, 0, 0)) == Shears(
        Reflections(2), ((1, 0, F(1)), (0, 0, F(1, 2)))
    )


def test_simpler_shears_are_fewer_or_closer_to_one() -> None:
    base = Reflections(2, ((1, 1),))
    value = Shears(base, ((0, 1, F(2)), (1, 0, F(1))))
    made = list(Invertible(2).simpler(value))
    assert made[:2] == [Shears(base, value.factors[1:]), Shears(base, value.factors[:1])]
    assert made[2].base == Reflections(2)
    assert made[-1] == Shears(base, ((0, 1, F(1)), (1, 0, F(1))))
    assert [len(m.factors) for m in made] == [1, 1, *[2] * (len(made) - 2)]
    assert len([m for m in made if m.base == base]) == 3
    single = Shears(Reflections(2), ((0, 1, F(1)),))
    assert list(Invertible(2).simpler(single)) == []  # the last shear stays
    assert Invertible(2).weight(value) == 2 + 2 + (3 + 2) + (3 + 1)
    three = Shears(Reflections(3, ((1, 2, 3),)), ((0, 2, F(2)), (1, 2, F(3)), (2, 0, F(4)), (2, 2, F(5))))
    assert Invertible("n").shrunk(three, "n", 1) == Shears(
        Reflections(2, ((1, 3),)), ((0, 1, F(2)), (1, 0, F(4)), (1, 1, F(5)))
    )
    assert Invertible("n").shrunk(three, "m", 1) is three
    assert [Invertible(n).contains(three, {"n": 3}) for n in (3, "n", 2, Int(1, 2))] == [
        True,
        True,
        False,
        True,
    ]
    assert not Invertible(2).contains(Reflections(2), {})


def test_entries_of_a_matrix_are_multiples_a_fifth_of_them_zero() -> None:
    domain = Matrix(1, 2, scale=2, denominator=4)
    source = Asked(8, 9)
    assert domain.draw(source, None, {}) == Rational(((F(2), F(0)),))
    assert source.ranges == [
        (-10, 10),
        (-10, 10),
    ]  # up to 8 in quarters, and two more on either side for zero
    assert domain.draw(Script(-8, -9), None, {}) == Rational(((F(-2), F(0)),))
    assert Matrix(1, 1, scale=1, denominator=3).draw(Script(-3), None, {}) == Rational(((F(-1),),))
    value = Rational(((F(1), F(2), F(0)), (F(0), F(1), F(2))))
    source = Asked(1, 2, 3)
    assert Matrix(2, 3).mutate(value, source) == Rational(((F(1), F(2), F(0)), (F(0), F(1), F(3, 4))))
    assert source.ranges == [(0, 1), (0, 2), (-10, 10)]
    assert Matrix(2, 3).weight(value) == 1 + 2 + 0 + 0 + 1 + 2
    refused(
        ValueError, lambda: Matrix(1, 1, scale=-1), "Expected a number from 0 on but got Matrix(scale=-1)"
    )
    refused(
        ValueError,
        lambda: Matrix(1, 1, denominator=0),
        "Expected a number from 1 on but got Matrix(denominator=0)",
    )
    refused(ValueError, lambda: Matrix(0, 1), "Expected a size from 1 on but got Matrix(rows=0)")
    refused(ValueError, lambda: Matrix(1, 0), "Expected a size from 1 on but got Matrix(columns=0)")
    assert Matrix(1, 1, scale=0, denominator=1).draw(Script(0), None, {}) == Rational(((F(0),),))


def test_simpler_matrices_have_a_zero_a_one_or_a_rounded_entry() -> None:
    value = Rational(((F(1), F(7, 4)),))
    made = [m.rows[0] for m in Matrix(1, 2).simpler(value)]
    assert made == [(F(0), F(7, 4)), (F(1), F(0)), (F(1), F(1)), (F(1), F(2))]
    assert [m.rows[0] for m in Matrix(1, 2).simpler(Rational(((F(-3), F(0)),)))] == [
        (F(0), F(0)),
        (F(1), F(0)),
    ]


def test_a_matrix_knows_its_shape_and_scale_and_loses_rows_and_columns() -> None:
    value = Rational(((F(1), F(2), F(-2)), (F(0), F(1, 2), F(3, 2))))
    sizes = {"n": 2, "m": 3}
    assert Matrix("n", "m").contains(value, sizes) and Matrix(Int(1, 1), Int(1, 1)).contains(value, {})
    assert not Matrix("m", "m").contains(value, sizes) and not Matrix("n", "n").contains(value, sizes)
    assert not Matrix("n", "m", scale=1).contains(value, sizes)
    assert not Matrix("n", "m").contains(Rational(((F(1), F(2), F(-2)), (F(0), F(1, 2), F(9, 4)))), sizes)
    assert not Matrix(2, 2).contains(Reflections(2), {})
    assert Matrix("n", "m").shrunk(value, "n", 0) == Rational((value.rows[1],))
    assert Matrix("n", "m").shrunk(value, "m", 1) == Rational(((F(1), F(-2)), (F(0), F(3, 2))))
    square = Rational(((F(1), F(2)), (F(0), F(1, 2))))
    assert Matrix("n", "n").shrunk(square, "n", 0) == Rational(((F(1, 2),),))
    assert Matrix("n", "m").shrunk(value, "k", 0) == value


# -- spectra -----------------------------------------------------------------------------------------------------


def test_a_spectrum_without_room_is_refused() -> None:
    made = Spectrum(3, 0, 4, gap=2)  # three fit exactly
    assert (made.lower, made.upper, made.gap) == (F(0), F(4), F(2))
    assert Spectrum(Int(3, 9), 0, 4, gap=2).gap == Spectrum("n", 0, 4, gap=5).gap - 3
    for size, gap, least in ((4, 2, 4), (3, F(21, 10), 3), (Int(3, 9), F(21, 10), 3)):
        refused(
            ValueError, lambda s=size, g=gap: Spectrum(s, 0, 4, gap=g), f"Expected room for {least} entries"
        )  # type: ignore[misc]
    assert Spectrum(1, 0, 4, gap=9).gap == 9
    for low, high, gap in ((4, 4, 0), (4, 3, 0), (0, 4, -1)):
        refused(
            ValueError,
            lambda a=low, b=high, g=gap: Spectrum(2, a, b, gap=g),
            "Expected lower < upper and gap >= 0",
        )  # type: ignore[misc]
    assert Spectrum(2, condition=1).condition == 1
    for low, condition in ((1, F(9, 10)), (0, 2), (-1, 2)):
        refused(
            ValueError,
            lambda a=low, c=condition: Spectrum(2, a, 4, condition=c),
            "Expected condition >= 1 and lower",
        )  # type: ignore[misc]
    assert Spectrum(2, F(1, 9), 4, condition=2).lower == F(1, 9)
    assert Spectrum(2, 0, 4, nulls=1).nulls == 1 and Spectrum(2, -1, 4).nulls == 0
    for low, nulls in ((0, -1), (-1, 1)):
        refused(
            ValueError,
            lambda a=low, k=nulls: Spectrum(2, a, 4, nulls=k),
            "Expected nulls >= 0 and lower >= 0",
        )  # type: ignore[misc]


def test_a_spectrum_is_sorted_and_spread_to_keep_its_gap() -> None:
    # two draws of [1, 3] at a quarter and the middle, the greater moved up by the gap
    source = Asked(2, 2**19, 2, 2**18)
    assert Spectrum(2, 1, 4, gap=1).draw(source, None, {}) == (F(3), F(3, 2))
    assert Spectrum(3, 0, 4, gap=2).draw(Script(), None, {}) == (4, 2, 0)  # no room left to choose
    # without a gap, one time in six, an entry equals the one before
    source = Asked(2, 2**19, 2, 2**18, 0, 1)
    assert Spectrum(2, 1, 4).draw(source, None, {}) == (F(5, 2), F(5, 2))
    assert source.ranges[-2:] == [(0, 5), (1, 1)]
    assert Spectrum(2, 1, 4, ordered=False).draw(Script(2, 2**18, 2, 2**19, 1), None, {}) == (
        F(7, 4),
        F(5, 2),
    )
    assert Spectrum(1, 1, 4).draw(Script(2, 2**19), None, {}) == (F(5, 2),)
    with pytest.raises(Infeasible):
        Spectrum("n", 0, 4, gap=2).draw(RandomSource(1), None, {"n": 4})


def test_a_spectrum_ends_in_zeros_but_never_is_all_zeros() -> None:
    source = Asked(2, 2, 2**19)
    assert Spectrum(3, 1, 3, nulls=5).draw(source, None, {}) == (F(2), F(0), F(0))
    assert source.ranges[0] == (0, 2)
    source = Asked(1, 2, 2**19, 2, 2**19, 5)
    assert Spectrum(3, 1, 3, nulls=1).draw(source, None, {}) == (F(2), F(2), F(0))
    assert source.ranges[0] == (0, 1)


def test_a_spectrum_keeps_its_condition_number() -> None:
    # the largest is 2, so the others lie in [1, 2]: a quarter up
    assert Spectrum(2, F(1, 4), 4, condition=2).draw(Script(1, 1, 2, 2, 2**18), None, {}) == (F(2), F(5, 4))
    # in [3/2, 2] where the range ends there
    assert Spectrum(2, F(3, 2), 4, condition=2).draw(Script(1, 1, 2, 2, 2**18), None, {}) == (F(2), F(13, 8))
    assert Spectrum(1, F(1, 4), 4, condition=2).draw(Script(1, 1, 2), None, {}) == (F(2),)
    assert Spectrum(3, F(1, 4), 4, condition=1).draw(Script(1, 1, 2), None, {}) == (F(2),) * 3
    gapped = Spectrum(2, F(1, 4), 4, gap=1, condition=2)
    assert gapped.draw(Script(1, 1, 2, 6, 1), None, {}) == (F(2), F(1))  # exactly the gap
    with pytest.raises(Infeasible):
        gapped.draw(Script(1, 1, 2, 2, 2**18), None, {})  # 5/4 is too close to 2
    with pytest.raises(Infeasible):
        gapped.draw(Script(1, 1, 1), None, {})  # [1/2, 1] has no room for 1


def test_which_tuples_are_spectra_of_a_domain() -> None:
    plain = Spectrum(2, 1, 4)
    for value, held in (
        ((F(4), F(1)), True), ((F(2), F(2)), True), ((F(1), F(2)), False), ((F(5), F(1)), False), ((F(2), F(1, 2)), False),
        ((F(2),), False), ([F(2), F(1)], False), ((F(3), F(2), F(1)), False), ((), False), ((F(2), F(0)), False),
    ):  # fmt: skip
        assert plain.contains(value, {}) is held, value
    assert Spectrum(2, 1, 4, ordered=False).contains((F(1), F(2)), {})
    assert Spectrum(Int(1, 2), 1, 4).contains(
        (F(3), F(2), F(1)), {}
    )  # the size is another parameter's to say
    gapped = Spectrum(3, 1, 4, gap=1)
    assert [gapped.contains((F(4), F(a, 2), F(1)), {}) for a in (3, 4, 6, 7)] == [False, True, True, False]
    tight = Spectrum(2, 1, 4, condition=2)
    assert [tight.contains((F(a, 2), F(1)), {}) for a in (3, 4, 5)] == [True, True, False]
    nulls = Spectrum(3, 1, 4, nulls=1)
    for value, held in (
        ((F(2), F(1), F(0)), True), ((F(2), F(1), F(1)), True), ((F(2), F(0), F(0)), False), ((F(2), F(0), F(1)), False),
    ):  # fmt: skip
        assert nulls.contains(value, {}) is held, value
    assert not Spectrum(2, 1, 4, nulls=2).contains((F(0), F(0)), {})
    assert Spectrum(2, 0, 4).contains((F(2), F(0)), {})


def test_a_spectrum_moves_one_entry_and_loses_one() -> None:
    value = (F(3), F(2), F(1))
    source = Asked(2, 16, 0, 1)
    assert Spectrum(3, 0, 4).mutate(value, source) == (F(5), F(3), F(2))
    assert source.ranges[0] == (0, 2)
    assert Spectrum(3, 0, 4, ordered=False).mutate(value, Script(2, 16, 0, 1)) == (F(3), F(2), F(5))
    assert (
        Spectrum("n").shrunk(value, "n", 1) == (F(3), F(1)) and Spectrum("n").shrunk(value, "m", 1) == value
    )
    assert Spectrum(3).weight(value) == (2 + 2) + (2 + 2) + (2 + 1)
    assert Spectrum(3).coordinates("s", value) == {"s": (1.0, 3.0), "s.size": (3.0, 3.0)}
    assert all(
        len(m) == 3 for m in Spectrum(Int(3, 4), 0, 4).simpler((F(7, 2), *value[1:]))
    )  # three is the least
    assert list(Spectrum(Int(2, 4), 0, 4).simpler(value))[:3] == [(F(2), F(1)), (F(3), F(1)), (F(3), F(2))]
    assert list(Spectrum(3, 0, 4).simpler((F(3, 2), F(1), F(1)))) == [
        (F(1),) * 3,
        (F(2), F(1), F(1)),
    ]  # (3, 2, 2) is no shorter
    # whole multiples of all, where they are shorter
    assert next(iter(Spectrum(2, 0, 9).simpler((F(8), F(6))))) == (F(4), F(3))
    assert next(iter(Spectrum(2, 0, 9).simpler((F(3, 2), F(5, 4))))) == (F(6), F(5))
    assert (F(6), F(4)) not in Spectrum(2, 0, 9).simpler((F(3), F(2)))
    assert list(Spectrum(3, 0, 4, ordered=False).simpler((F(1), F(3, 2), F(1)))) == [
        (F(1),) * 3,
        (F(1), F(2), F(1)),
    ]


def test_what_matrices_and_spectra_are_without_arguments() -> None:
    assert (Spectrum(2).lower, Spectrum(2).upper, Spectrum(2).gap, Spectrum(2).nulls) == (F(1, 4), 4, 0, 0)
    assert (Matrix(1, 1).scale, Matrix(1, 1).denominator, matrices._LARGEST) == (2, 4, 3)
