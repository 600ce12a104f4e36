"""MOM-1, MOM-2: heavy ball on one mode. A state is the entries now and one step before."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Eq, Rational

from rankladder import (
    Int,
    Real,
    always,
    claim,
    equal,
    exists,
    forall,
    iff,
    lemma,
    log,
    most,
    sqrt,
    strictly,
    symbols,
)  # fmt: skip
from rankladder.properties.layers.bal import parts
from rankladder.simulate import HeavyBall, Mode, iterates
from rankladder.theory import growth_root

s, beta, rho, theta, a, p, q, u, a0, p0, q0, u0 = symbols("s beta rho theta a p q u a0 p0 q0 u0")
sigma, lam, eta, b, r, b0, r0, a1, b1, higher = symbols("sigma lam eta b r b0 r0 a_next b_next higher")
MOMENTUM = Real(0, 1, closed="left")


def ball(s: Any, beta: Any, start: tuple[Any, ...], steps: int, lam: Any = 1, eta: Any = 1) -> list[Any]:
    """Heavy ball on a mode of sigma = s: on one entry, which stands for two equal ones, or on two."""
    return iterates(HeavyBall(eta, beta).step(Mode(s, lam)), start, steps)


def step_at(rho: Any, beta: Any) -> Any:
    """The step size at which small entries grow by rho: every s > 0 for one rho > 1."""
    return (rho - 1) * (rho - beta) / rho


def one_entry(s: Any, run: Any) -> dict[str, Any]:
    """One entry in units of eta = lambda = 1, and the code that runs it."""
    step = {a: a * (1 + s - a**2) + beta * (a - p), p: a}
    return {"start": {a: a0, p: p0}, "step": step, "orbit": parts(run, a, p)}


STEP_SIZE = step_at(rho, beta)
BALL = one_entry(s, lambda s, beta, a0, p0, steps: ball(s, beta, (a0, p0), steps))
BY_GROWTH = one_entry(
    STEP_SIZE, lambda rho, beta, a0, p0, steps: ball(step_at(rho, beta), beta, (a0, p0), steps)
)

growth = lemma(
    "MOM-1.root", Eq(rho**2 - (1 + STEP_SIZE + beta) * rho + beta, 0) & (STEP_SIZE > 0) & (beta < rho**2),
    over={"rho": Real(1, drawn=4), "beta": MOMENTUM},
    title="one mode: small entries grow by the larger root of rho^2 - (1 + s + beta) rho + beta, for s = (rho - 1)(rho - beta)/rho > 0",
)  # fmt: skip
growth.twin("without", "as without momentum", relation=Eq(STEP_SIZE, rho - 1))
growth.twin("flow", "rho = 1 + s/(1 - beta)", relation=Eq(STEP_SIZE, (rho - 1) * (1 - beta)))
SOONER = STEP_SIZE.subs(rho, rho + higher) - STEP_SIZE
order = lemma(
    "MOM-1.order", (SOONER > 0) & (higher >= SOONER),
    over={"rho": Real(1, drawn=4), "higher": Real(0, drawn=4), "beta": MOMENTUM},
    title="one mode: rho increases with s, by no less, for every beta: 1/log(rho) orders the first hits by sigma",
)  # fmt: skip
order.twin("faster", "by a tenth more", relation=10 * higher >= 11 * SOONER)
order.twin("as-the-flow", "by 1/(1 - beta) times as much", relation=higher * (1 - beta) >= SOONER)

upper = always(
    "MOM-1.upper", a <= rho * p, **BY_GROWTH, while_=a >= 0,
    over={"rho": Real(1, drawn=4), "beta": MOMENTUM, "a0": Real(0, drawn=2), "p0": Real(0, drawn=2), "steps": Int(1, 12)},
    given={"starts-slow": a0 <= rho * p0},
    title="one mode: while the entry is not negative it is at most rho times the one before",
)  # fmt: skip
upper.twin("one-per-cent", "by rho/1.01", relation=101 * a <= 100 * rho * p)
upper.twin("any-start", "from any two states", drop="starts-slow")

lower = always(
    "MOM-1.lower", (a * u >= q * p) & (a >= p), start={a: a0, p: p0, q: q0, u: u0}, while_=a**2 <= theta * s,
    step=BALL["step"] | {q: (1 + s * (1 - theta) + beta) * q - beta * u, u: q}, orbit=BALL["orbit"],
    over={"s": Real(0, drawn=2), "beta": MOMENTUM, "theta": Real(0, 1), "steps": Int(1, 12)} | {n: Real(0, drawn=2) for n in ("a0", "p0", "q0", "u0")},
    given={"growing": a0 >= p0, "linear-growing": q0 >= u0, "starts-fast": a0 * u0 >= q0 * p0},
    along={"linear": (u > 0) & (q >= u), "positive": (p > 0) & (a >= p)},
    title="one mode: while z <= theta each step grows the entry by no less than the linear recursion at s (1 - theta)",
)  # fmt: skip
lower.twin("whole-step", "the linear recursion at s itself", step={q: (1 + s + beta) * q - beta * u})
lower.twin("any-start", "whatever the two first states", drop="starts-fast")


claim(
    "MOM-1.not-one-over", title="one mode: momentum speeds every plateau by 1/(1 - beta) at fixed eta",
    statement=r"\frac{1}{\log\rho} = \frac{1 - \beta}{\log(1 + s)}", source="often said; true as s -> 0",
    over={"s": Real(0, drawn=4), "beta": MOMENTUM}, expects="refuted",
)(lambda s, beta: equal(log(1 + s), (1 - beta) * log(growth_root(s, beta))))  # fmt: skip


@claim(
    "MOM-2.linear",
    title="one mode: at the fitted value heavy ball is linear with curvature h = 2 sigma; the exact remainder",
    statement=r"a = \sqrt\omega + e:\quad a^+ - \sqrt\omega = (1 + \beta - 2s)\, e - \beta e_- - 3\sqrt{s}\,e^2 - e^3",
    over={"root": Real(0, drawn=2), "beta": MOMENTUM, "e": Real(-1, 1), "before": Real(-1, 1)}, constants={"curvature": 2},
)  # fmt: skip
def linear(root: Any, beta: Any, e: Any, before: Any, curvature: Any) -> Any:
    """In units of eta = lambda = 1, with s = root^2."""
    s = root * root
    after = ball(s, beta, (root + e, root + before), 1)[1][0]
    return equal(after - root, (1 + beta - curvature * s) * e - beta * before - 3 * root * e * e - e**3)


linear.twin("other-curvature", "h = 2.02 sigma", constants={"curvature": Fraction(202, 100)})
linear.twin("once", "h = sigma", constants={"curvature": 1})


def moduli(x: Any, beta: Any) -> tuple[Any, ...]:
    """The largest of these is the larger modulus of the roots of ``m^2 - (1 + beta - x) m + beta``, at eta h = x."""
    t = 1 + beta - x
    root = sqrt(most(t * t - 4 * beta, 0 * t))
    return sqrt(beta), (root + t) / 2, (root - t) / 2


@claim(
    "MOM-2.stable",
    title="heavy ball is linearly stable at a minimum of sharpness h exactly for eta h < 2 (1 + beta)",
    statement=r"0 \le \beta < 1:\quad \max|m| < 1 \iff \eta h < 2(1 + \beta)", source="classical",
    over={"x": Real(0, drawn=8), "beta": MOMENTUM}, constants={"edge": 2, "share": 1},
)  # fmt: skip
def stable(x: Any, beta: Any, edge: Any, share: Any) -> Any:
    return iff(forall(*(strictly(1 - m) for m in moduli(x, beta))), strictly(edge * (1 + share * beta) - x))


stable.twin("without", "eta h < 2", constants={"share": 0})
stable.twin("one-per-cent", "eta h < 2.02 (1 + beta)", constants={"edge": Fraction(202, 100)})

END = 2 + s + 2 * beta


@claim(
    "MOM-2.escape", title="one mode: from a^2 >= 2 + s + 2 beta on, moving out, heavy ball moves out for ever",
    statement=r"a^2 \ge 2 + s + 2\beta,\ |a_-| \le |a|:\quad |a_+| \ge |a|",
    over={"s": Real(0, drawn=4), "beta": MOMENTUM, "a0": Real(drawn=8), "ratio": Real(-1, 1, closed="both")},
    given={"beyond": a0**2 >= END}, constants={"share": 1},
)  # fmt: skip
def escape(s: Any, beta: Any, a0: Any, ratio: Any, share: Any) -> Any:
    """In units of a: then the next state is beyond and moves out as well."""
    after = ball(s, beta, (a0, ratio * a0), 1)[1][0]
    return (after / a0) ** 2 - share


escape.twin("nearer", "from a tenth less on", given={"beyond": a0**2 >= END - Rational(1, 10)})
escape.twin("faster", "by one per cent", constants={"share": Fraction(101, 100)})

always(
    "MOM-2.not-from-every-start", a**2 <= END, **BALL, expects="refuted",
    over={"s": Real(0, drawn=2), "beta": MOMENTUM, "a0": Real(0, 1), "p0": Real(0, 1), "steps": Int(1, 60)},
    given={"stable-step": s < 1 + beta, "at-rest": Eq(p0, a0), "small-start": 16 * a0**2 <= s},
    title="one mode: linear stability suffices from every small start: heavy ball never comes to where it escapes",
)  # fmt: skip

LOSS = -s * a**2 / 2 + a**4 / 4
ENERGY = LOSS + beta * (a - p) ** 2 / 2
falls = always(
    "MOM-2.energy", ENERGY.subs({p: a, a: a1}, simultaneous=True) <= ENERGY, **BALL, then={a: a1},
    over={"s": Real(0, drawn=4), "beta": MOMENTUM, "a0": Real(drawn=4), "p0": Real(drawn=4), "steps": Int(1, 40)},
    given={"small-step": 5 * s <= 2 * (1 - beta), "below": ENERGY.subs({a: a0, p: p0}) <= 0},
    along={"below": ENERGY <= 0},
    title="one mode: for s <= 2 (1 - beta)/5 the energy f + beta |step|^2/(2 eta) never rises from where it is below f(0): no small start escapes",
)  # fmt: skip
falls.twin("larger-step", "for s <= 3 (1 - beta)", given={"small-step": s <= 3 * (1 - beta)})
falls.twin("loss", "the loss itself never rises", relation=LOSS.subs(a, a1) <= LOSS)

NEXT = (1 - beta) * (a1**2 - b1**2) + 2 * beta * (a1 * (a1 - a) - b1 * (b1 - b))
NOW = (1 - beta) * (a**2 - b**2) + 2 * beta * (a * (a - p) - b * (b - r))
MOVED = (a1 - a) ** 2 - (b1 - b) ** 2
imbalance = always(
    "MOM-2.imbalance", Eq(NEXT, NOW + (1 + beta) * MOVED), start={a: a0, b: b0, p: p0, r: r0},
    step={a: a + eta * b * (sigma - lam * a * b) + beta * (a - p), b: b + eta * a * (sigma - lam * a * b) + beta * (b - r), p: a, r: b},
    orbit=parts(lambda sigma, lam, eta, beta, a0, b0, p0, r0, steps:
                ball(sigma, beta, (a0, b0, p0, r0), steps, lam, eta), a, b, p, r),
    then={a: a1, b: b1},
    over={"sigma": Real(0, drawn=4), "lam": Real(0, drawn=4), "eta": Real(0, drawn=2), "beta": MOMENTUM, "steps": Int(1, 4)} | {n: Real(drawn=2) for n in ("a0", "b0", "p0", "r0")},
    title="one mode: at rest the imbalance has changed by (1 + beta)/(1 - beta) times the sum of (step of a)^2 - (step of b)^2",
)  # fmt: skip
imbalance.twin("one-over", "1/(1 - beta) times that sum", relation=Eq(NEXT, NOW + MOVED))
imbalance.twin("descent", "as without momentum", relation=Eq(a1**2 - b1**2, a**2 - b**2 + MOVED))


@claim(
    "MOM-2.not-by-ratio",
    title="one mode, entries that differ: the imbalance at the end depends on eta and beta through eta/(1 - beta)^2 alone",
    statement=r"\eta' = \eta/(1 - \beta)^2,\ \beta' = 0:\quad |\Delta D/\Delta D' - 1| \le \tfrac1{10}\ \text{once both are at rest}",
    source="a common reading of the leading order; that is (1 + beta) eta/(1 - beta)^2",
    over={"s": Real(Fraction(1, 64), 1), "beta": Real(Fraction(1, 4), Fraction(3, 4)), "a0": Real(0, drawn=2), "b0": Real(0, drawn=2)},
    given={"differ": 2 * b0 <= a0, "stable-step": 2 * s <= (1 - beta) ** 2}, expects="refuted",
)  # fmt: skip
def by_ratio(s: Any, beta: Any, a0: Any, b0: Any) -> Any:
    """At rest: the residual is below 2^-24 after 240 steps, so that later steps do not change D by a tenth of its change."""
    # in units of lambda = 1 and of the first step; the second is 1/(1 - beta)^2 times as large
    steps = ((s, beta), (s / (1 - beta) ** 2, 0 * beta))
    ends = [ball(1, momentum, (a0, b0, a0, b0), 240, eta=step)[-1] for step, momentum in steps]
    changes = [a * a - b * b - (a0 * a0 - b0 * b0) for a, b, *_ in ends]
    moving = [2**24 * abs(1 - a * b) - 1 for a, b, *_ in ends]
    return exists(*moving, abs(changes[1]) / 10 - abs(changes[0] - changes[1]))
