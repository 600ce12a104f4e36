"""False statements, each a small change of a true one: none of them may ever be proved or certified."""

from collections.abc import Callable, Mapping
from typing import Any

from sympy import And, Rational, exp, log, sqrt

from rankladder import Real, always, lemma, symbols
from rankladder.language.statement import Claim

s, x, z, z0, q, u, t, m, w = symbols("s x z z0 q u t m w")
sigma, lam, delta, theta, a, b, k = symbols("sigma lam delta theta a b k")
STEP = z * (1 + s * (1 - z)) ** 2
MORE, LESS = Rational(101, 100), Rational(99, 100)
UNIT = And(x >= 0, x <= 1)
SMALL = And(s > 0, 2 * s < 1)


def _lemma(relation: Any, *given: Any) -> Callable[[str], Claim]:
    return lambda name: lemma(name, relation, given={f"h{i}": g for i, g in enumerate(given)})


def _always(relation: Any, start: Mapping[Any, Any], step: Mapping[Any, Any], *given: Any, **along: Any) -> Callable[[str], Claim]:  # fmt: skip
    return lambda name: always(
        name, relation, start=start, step=step, over={"s": Real(0, 4), "z0": Real(0, 4)},
        given={f"h{i}": g for i, g in enumerate(given)}, along=along,
    )  # fmt: skip


ODDS = z * (1 - z0) >= z0 * q * (1 - z)
BELOW = z * (1 - z0) <= z0 * q * (1 - z)
INSIDE = {"unit": And(z > 0, z <= 1), "growing": q >= 1}
START = z0 < 1

FALSE: dict[str, Callable[[str], Claim]] = {
    "upper lemma, constant 1% less": _lemma((1 - 2 * s * x) * (1 + s * x) ** 2 <= LESS, SMALL, UNIT),
    "upper lemma, strict where it is equal": _lemma((1 - 2 * s * x) * (1 + s * x) ** 2 < 1, SMALL, UNIT),
    "upper lemma, rate 1% less": _lemma((1 - 2 * LESS * s * x) * (1 + s * x) ** 2 <= 1, SMALL, UNIT),
    "upper lemma, x a little below 0 and s up to 1/2 + 1/100": _lemma(
        (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1, And(s > 0, 100 * s < 51), And(100 * x >= -310, x <= 1)
    ),
    "upper lemma, any x": _lemma((1 - 2 * s * x) * (1 + s * x) ** 2 <= 1, SMALL),
    "lower lemma, 1% more": _lemma((1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) >= MORE * (1 + s) ** 2, s >= 0, UNIT),
    "lower lemma, strict": _lemma((1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) > (1 + s) ** 2, s >= 0, UNIT),
    "lower lemma, x up to 1.01": _lemma(
        (1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) >= (1 + s) ** 2, s >= 0, And(x >= 0, 100 * x <= 101)
    ),
    "lower lemma, x from -1/100": _lemma(
        (1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) >= (1 + s) ** 2, s >= 0, And(100 * x >= -1, x <= 1)
    ),
    "invariant interval, s up to 2.02": _lemma(u * (1 + s - u) ** 2 <= 2 + s, And(s > 0, 50 * s <= 101), And(u >= 0, u <= 2 + s)),
    "invariant interval, strict": _lemma(u * (1 + s - u) ** 2 < 2 + s, And(s > 0, s <= 2), And(u >= 0, u <= 2 + s)),
    "invariant interval, 1% less": _lemma(u * (1 + s - u) ** 2 <= LESS * (2 + s), And(s > 0, s <= 2), And(u >= 0, u <= 2 + s)),
    "growth, 1% beyond its range": _lemma(z * (1 + s * (1 - z)) ** 2 <= (1 + s) ** 2 * z, s > 0, And(z >= 0, s * z <= 2 * MORE * (1 + s))),
    "growth, factor 1% less": _lemma(z * (1 + s * (1 - z)) ** 2 <= LESS * (1 + s) ** 2 * z, s > 0, And(z >= 0, s * z <= 2 * (1 + s))),
    "last phase, sign of the last term": _lemma(
        And((1 - z) * (1 - 2 * s * z + s**2 * z * (1 - z)) >= 1 - STEP, (1 - z) * (1 - 2 * s * z + s**2 * z * (1 - z)) <= 1 - STEP)
    ),
    "2-cycle stable 1% beyond": _lemma(And(9 - 2 * (1 + s) ** 2 > -1, 9 - 2 * (1 + s) ** 2 < 1), And(s > 1, s < MORE * (sqrt(5) - 1))),
    "2-cycle multiplier at its end, strict": _lemma(9 - 2 * (1 + s) ** 2 > -1, And(s > 1, 5 * s <= 5 * sqrt(5) - 5)),
    "loss descends up to 0.94": _lemma((1 - z) ** 2 >= (1 - STEP) ** 2, And(s > 0, 50 * s <= 47), And(z >= 0, 27 * s * z <= 4 * (1 + s) ** 3)),
    "loss descends, 1% beyond the top": _lemma(
        (1 - z) ** 2 >= (1 - STEP) ** 2,
        And(s > 0, s < 1, 8 * s**6 + 48 * s**5 + 66 * s**4 - 110 * s**3 - 366 * s**2 - 330 * s + 629 >= 0),
        And(z >= 0, 27 * s * z <= 4 * MORE * (1 + s) ** 3),
    ),
    "mean of two, no sign": _lemma((a + b) ** 2 >= 4 * a * b * MORE),
    "product of roots, missing sign": _lemma(a / b + b / a >= 2, a > 0),
    "growth bound, backward time": _lemma(
        1 / (lam / sigma * (1 - exp(-2 * t)) + exp(2 * delta - 2 * t)) <= exp(2 * t - 2 * delta), And(sigma > 0, lam > 0)
    ),
    "growth bound, exponent 1% less": _lemma(
        1 / (lam / sigma * (1 - exp(-2 * t)) + exp(2 * delta - 2 * t)) <= exp(2 * LESS * t - 2 * delta), And(sigma > 0, lam > 0, t > 0)
    ),
    "bracket's width, 1% less": _lemma(
        log((1 - z0) / (1 - theta)) < -LESS * log(1 - theta), And(z0 > 0, z0 < theta, theta < 1)
    ),
    "bracket's width, start at 0": _lemma(log((1 - z0) / (1 - theta)) < -log(1 - theta), And(z0 >= 0, z0 < theta, theta < 1)),
    "exponential, wrong sign": _lemma(exp(-t) > 1, t > 0),
    "lower curve, rate 1% more": _always(ODDS, {z: z0, q: 1}, {z: STEP, q: MORE * q * (1 + s) ** 2}, 2 * s < 1, START, **INSIDE),
    "lower curve, base ahead of its step": _always(ODDS, {z: z0, q: 1 + s}, {z: STEP, q: q * (1 + s) ** 2}, 2 * s < 1, START, **INSIDE),
    "lower curve, step of another map": _always(
        ODDS, {z: z0, q: 1}, {z: z * (1 + s * (1 - z)), q: q * (1 + s) ** 2}, 2 * s < 1, START, **INSIDE
    ),
    "lower curve, any start": _always(ODDS, {z: z0, q: 1}, {z: STEP, q: q * (1 + s) ** 2}, 2 * s < 1, **INSIDE),
    "upper curve, rate 1% less": _always(BELOW, {z: z0, q: 1}, {z: STEP, q: LESS * q / (1 - 2 * s)}, 2 * s < 1, START, **INSIDE),
    "upper curve, strict at the start": _always(
        z * (1 - z0) < z0 * q * (1 - z), {z: z0, q: 1}, {z: STEP, q: q / (1 - 2 * s)}, 2 * s < 1, START, **INSIDE
    ),
    "upper curve, the flow's factor to second order": _always(
        BELOW, {z: z0, q: 1}, {z: STEP, q: q * (1 + 2 * s + 2 * s**2)}, 2 * s < 1, START, **INSIDE
    ),
    "unit interval, step up to 0.51": _always(And(z > 0, z <= 1), {z: z0}, {z: STEP}, 100 * s <= 51, START),
    "unit interval, start up to 1.01": _always(And(z > 0, z <= 1), {z: z0}, {z: STEP}, 2 * s <= 1, 100 * z0 <= 101),
    "invariant interval of orbits, s up to 2.02": _always(
        And(z >= 0, s * z <= 2 + s), {z: z0}, {z: STEP}, 50 * s <= 101, s * z0 <= 2 + s
    ),
    "an invariant that is false carries nothing": _always(z <= 1, {z: z0}, {z: STEP}, s <= 1, START, wrong=z <= z0),
    "distance, factor 1% less": _always(
        (1 - 2 * MORE * s * z0) * (1 - z) >= 1 - STEP, {z: z0}, {z: STEP}, 2 * s <= 1, START, unit=And(z > 0, z <= 1), risen=z >= z0
    ),
}  # fmt: skip
