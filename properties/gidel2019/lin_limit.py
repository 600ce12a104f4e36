"""LIN-3: where gradient descent on the one-layer model goes, and from which step size on it does not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Eq, Rational

from rankladder import Int, Matrix, Real, claim, equal, forall, most, strictly, symbols
from rankladder.language.orbits import every_step
from rankladder.numbers.words import entrywise, first_of, rectangle, smallest
from rankladder.properties.gidel2019.lin import CONSISTENT, DATA, STARTED, Array, Moments, one_layer
from rankladder.simulate import loss, one_layer_descent

s1, amplitude = symbols("s1 amplitude")


def squares(W: Array) -> Any:
    """Squared Frobenius norm of a matrix or of each of a stack."""
    return (W * W).sum(axis=(-2, -1))


@claim(
    "LIN-3.contraction",
    title="below 2/lambda_max gradient descent contracts towards its limit at every step",
    statement=r"\|W_{k+1} - W_\infty\|_F \le \max_{\lambda_i > 0} |1 - \eta\lambda_i| \, \|W_k - W_\infty\|_F,"
    r"\quad \max_{\lambda_i > 0} |1 - \eta\lambda_i| < 1",
    source="classical",
    over=STARTED | {"s1": Real(0, drawn=4), "steps": Int(1, 12)},
    given={"range": CONSISTENT, "small-step": s1 < 2},
    constants={"share": 1},
)
def contraction(U, lam, kernel, target, stray, W0, s1, steps, share):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    eta = data.step(s1)
    factors = abs(1 - eta * data.lam[: data.rank])
    rate = share * most(factors) ** 2

    def closer(before: Any, after: Any) -> Any:
        here, there = data.limit(before[0]), data.limit(after[0])  # what no step changes
        return forall(equal(here, there), rate * squares(before[0] - here) - squares(after[0] - there))

    return forall(strictly(1 - share * factors**2), every_step(one_layer(data, eta), (W0,), steps, closer))


contraction.twin("rate-too-small", "squared rate 1% too small", constants={"share": Fraction(99, 100)})
contraction.twin("larger-step", "step bound 5% too large", given={"small-step": s1 < Rational(21, 10)})
contraction.twin("no-range", "range Sxy not inside range Sxx", drop="range")


@claim(
    "LIN-3.minimiser",
    title="the limit is the minimiser of the loss nearest to the start",
    statement=r"S_{xx} W_\infty = S_{xy},\quad W_\infty - W_0 \in \mathrm{range}\, S_{xx}:\quad"
    r" W_\infty = \arg\min \{ \|W - W_0\|_F : W \in \arg\min f \}",
    source="classical; Gidel, Bach, Lacoste-Julien 2019, abstract (A1), for one layer",
    over=STARTED | {"other": Matrix("d", "p")},
    given={"range": CONSISTENT},
    constants={"length": 1, "start": 1},
)
def minimiser(U, lam, kernel, target, stray, W0, other, length, start):  # type: ignore[no-untyped-def]
    # the loss is convex, so the normal equations make a minimiser; minimisers differ by what Sxx kills
    data = Moments(U, lam, kernel, target, stray)
    W = length * data.limit(W0)
    rival, first = W + data.outside(other), start * W0
    return forall(
        equal(data.Sxx @ W, data.Sxy),
        loss(data.Sxx, data.Sxy, other) - loss(data.Sxx, data.Sxy, W),
        equal(loss(data.Sxx, data.Sxy, rival), loss(data.Sxx, data.Sxy, W)),
        squares(rival - first) - squares(W - first),
        equal(data.outside(W), data.outside(first)),
    )


minimiser.twin("longer", "limit 5% too long", constants={"length": Fraction(21, 20)})
minimiser.twin("nearest-to-another", "nearest to a start 5% larger", constants={"start": Fraction(21, 20)})
minimiser.twin("no-range", "range Sxy not inside range Sxx", drop="range")


@claim(
    "LIN-3.minimum-norm",
    title="from zero every iterate stays in the range of Sxx and the limit has the least norm",
    statement=r"W_0 = 0:\quad W_k \in \mathrm{range}\, S_{xx},\quad"
    r" W_\infty = \arg\min \{ \|W\|_F : S_{xx} W = S_{xy} \}",
    source="classical; Gidel, Bach, Lacoste-Julien 2019, abstract (A1), for one layer",
    over=DATA | {"s1": Real(0, drawn=4), "steps": Int(1, 40), "other": Matrix("d", "p")},
    given={"range": CONSISTENT},
    constants={"start": 0},
)
def minimum_norm(U, lam, kernel, target, stray, s1, steps, other, start):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    W0 = start * other
    W, rival = data.limit(W0), data.limit(other)
    stays = every_step(
        one_layer(data, data.step(s1)),
        (W0,),
        steps,
        lambda before, after: equal(data.outside(after[0]), data.outside(before[0])),
    )
    return forall(
        equal(data.Sxx @ W, data.Sxy), squares(rival) - squares(W), equal(data.outside(W0), 0 * W0), stays
    )


minimum_norm.twin(
    "not-from-zero", "from a twentieth of an arbitrary matrix", constants={"start": Fraction(1, 20)}
)
minimum_norm.twin("no-range", "range Sxy not inside range Sxx", drop="range")


def top_row(data: Moments, W0: Array, s1: Any, steps: int, amplitude: Any, step: Any) -> Any:
    """The margin of a relation ``step`` between the row ``u^T (W_k - W_inf)`` of a top eigenvector and the next, and of the
    first being ``(amplitude, 0, ...)``, which the start is moved for, and not zero.
    """
    top = first_of(data.rank)
    u, fitted = data.U[:, :top], data.fitted[:top]
    unit = rectangle(entrywise(smallest(top, W0.shape[1]), lambda i: 1), top, W0.shape[1])
    start = W0 + u @ (fitted + amplitude * unit - u.T @ W0)
    return forall(
        every_step(
            one_layer(data, data.step(s1)),
            (start,),
            steps,
            lambda before, after: step(*(u.T @ W - fitted for (W,) in (before, after))),
        ),
        equal(u.T @ start - fitted, amplitude * unit),
        strictly(amplitude),
    )


@claim(
    "LIN-3.divergence",
    title="beyond 2/lambda_max each step multiplies the top direction's distance by a number below -1",
    statement=r"\eta > 2/\lambda_{\max},\ u^\top (W_0 - W_\infty) \ne 0:\quad"
    r" u^\top (W_{k+1} - W_\infty) = (1 - \eta\lambda_{\max}) u^\top (W_k - W_\infty),\ 1 - \eta\lambda_{\max} < -1",
    source="classical",
    over=STARTED
    | {"s1": Real(0, drawn=4), "steps": Int(1, 12), "amplitude": Real(0, closed="left", drawn=4)},
    given={"large-step": s1 > 2, "excited": amplitude > 0},
    constants={"growth": lambda s1: s1 - 1},
)
def divergence(U, lam, kernel, target, stray, W0, s1, steps, amplitude, growth):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    return forall(
        strictly(growth(s1) - 1),
        top_row(data, W0, s1, steps, amplitude, lambda row, later: equal(later, -growth(s1) * row)),
    )


divergence.twin(
    "growth-too-large", "growth factor eta lambda - 0.95 in place of eta lambda - 1",
    constants={"growth": lambda s1: s1 - Fraction(19, 20)},
)  # fmt: skip
divergence.twin("smaller-step", "from 5% below the bound on", given={"large-step": s1 > Rational(19, 10)})
divergence.twin("not-excited", "the top direction starts at its limit", drop="excited")


@claim(
    "LIN-3.period-two",
    title="at exactly 2/lambda_max an excited top direction has period two, so nothing converges",
    statement=r"\eta = 2/\lambda_{\max}:\quad u^\top (W_{k+2} - W_k) = 0 \ne u^\top (W_{k+1} - W_k)",
    source="classical",
    over=STARTED
    | {"s1": Real(0, drawn=4), "steps": Int(2, 12), "amplitude": Real(0, closed="left", drawn=4)},
    given={"critical-step": Eq(s1, 2), "excited": amplitude > 0},
)
def period_two(U, lam, kernel, target, stray, W0, s1, steps, amplitude):  # type: ignore[no-untyped-def]
    # to the other side of the limit, and so back in two steps
    data = Moments(U, lam, kernel, target, stray)
    return top_row(data, W0, s1, steps, amplitude, lambda row, later: equal(later, -row))


period_two.twin(
    "larger-step", "step 1% above the critical one", given={"critical-step": Eq(s1, Rational(101, 50))}
)
period_two.twin(
    "smaller-step", "step 1% below the critical one", given={"critical-step": Eq(s1, Rational(99, 50))}
)
period_two.twin("not-excited", "the top direction starts at its limit", drop="excited")


@claim(
    "LIN-3.not-every-step",
    title="the distance to the nearest minimiser never grows, whatever the step size",
    statement=r"\|W_{k+1} - W_\infty\|_F \le \|W_k - W_\infty\|_F \text{ for every } \eta > 0",
    over=STARTED | {"s1": Real(0, drawn=4), "steps": Int(1, 12)},
    given={"range": CONSISTENT},
    expects="refuted",
)
def _(U, lam, kernel, target, stray, W0, s1, steps):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    gaps = squares(one_layer_descent(data.Sxx, data.Sxy, W0, data.step(s1), steps).W - data.limit(W0))
    return gaps[:-1] - gaps[1:]
