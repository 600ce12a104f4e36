"""What stands beside the paper: two entries that differ, weight decay, saddles, momentum."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.network import entry_step_expr
from rankladder.theory.notation import a, eta, lam, s, sigma, w, x
from rankladder.theory.reduced_rank import mode_loss_expr
from rankladder.theory.solving import once
from rankladder.theory.stability import cycle_expr, cycle_multiplier_expr

__all__ = ["entries_step", "growth_root", "imbalance_factor", "layers_thresholds", "shrunk_value"]

b = sympy.Symbol("b", real=True)
gamma, beta, rho, phi = sympy.symbols("gamma beta rho phi", positive=True)
h = sympy.Symbol("h", positive=True)


@cache
def entries_step_expr() -> tuple[Any, Any]:
    """One descent step of the two entries of a mode, from its loss at ``w = a b``."""
    loss = mode_loss_expr().subs(w, a * b)
    return a - eta * sympy.diff(loss, a), b - eta * sympy.diff(loss, b)


@cache
def imbalance_ratio_expr() -> Any:
    """What one step makes of ``D = a² − b²``, as a factor, in the residual x."""
    one, other = entries_step_expr()
    ratio = sympy.cancel((one**2 - other**2) / (a**2 - b**2))
    return sympy.expand(sympy.cancel(ratio.subs(sigma, x + lam * a * b)))


@cache
def imbalance_factor_expr() -> Any:
    """Its product along the 2-cycle of the balanced line."""
    one_step = imbalance_ratio_expr().subs(eta, 1)
    return sympy.factor(sympy.simplify(sympy.prod(one_step.subs(x, s * (1 - p)) for p in cycle_expr())))


@cache
def flow_end_expr() -> Any:
    """The curvature of a minimum of a mode at imbalance x: the Hessian's eigenvalue that is not 0, squared."""
    loss = mode_loss_expr().subs(w, a * b)
    hessian = sympy.hessian(loss, (a, b)).subs(sigma, lam * a * b)
    (value,) = (v for v in hessian.eigenvals() if v != 0)
    return sympy.factor(value)


@cache
def growth_root_expr() -> Any:
    """The larger root of ``ρ² − (1 + s + β) ρ + β``: a small entry's growth a step under heavy ball."""
    grown = (1 + s + beta) * rho - beta  # a_{k+1} = (1 + s + beta) a_k - beta a_{k-1}
    return max(
        sympy.solve(sympy.expand(rho**2 - grown), rho), key=lambda root: root.subs({s: 1, beta: sympy.Rational(1, 2)})
    )  # fmt: skip


@cache
def layers_thresholds() -> dict[str, Any]:
    """Sharp thresholds in s, by what they end.

    >>> layers_thresholds()
    {'imbalance never grows': sqrt(2), 'superstable 2-cycle': -1 + 3*sqrt(2)/2}
    """
    (flat,) = (r for r in sympy.solve(imbalance_ratio_expr().subs({eta: 1, x: s}) + 1, s) if r.is_positive)
    (superstable,) = (r for r in sympy.solve(cycle_multiplier_expr(), s) if r.is_positive)
    return {"imbalance never grows": flat, "superstable 2-cycle": superstable}


@derivation("two-entries", "the two entries of a mode, and their imbalance", "BAL-1", "BAL-2", "BAL-3")
def _two_entries() -> list[Step]:
    one, other = entries_step_expr()
    r = sigma - lam * a * b
    ratio, flat = imbalance_ratio_expr(), layers_thresholds()["imbalance never grows"]
    D = a**2 - b**2
    return [
        Step("step", sympy.Eq(sympy.Symbol("a+"), one), "the loss differentiated in each entry", [sympy.expand(one - a - eta * b * r), sympy.expand(other - b - eta * a * r)]),
        Step("sum and difference", "(a +- b)+ = (a +- b)(1 +- eta r)", "add and subtract",
             [sympy.expand(one + other - (a + b) * (1 + eta * r)), sympy.expand(one - other - (a - b) * (1 - eta * r))]),
        Step("imbalance", sympy.Eq(sympy.Symbol("D+/D"), ratio), "their product, x the residual", sympy.expand(ratio - (1 - eta**2 * x**2))),
        Step("product", "w+ = w (1 + eta^2 r^2) + eta r (a^2 + b^2)", "multiply",
             sympy.expand(one * other - a * b * (1 + eta**2 * r**2) - eta * r * (a**2 + b**2))),
        Step("sum of squares", "(a^2 + b^2)^2 = D^2 + 4 w^2", "both sides expanded", sympy.expand((a**2 + b**2) ** 2 - D**2 - 4 * (a * b) ** 2)),
        Step("curvature of a minimum", sympy.Eq(h, flow_end_expr()), "the Hessian where lambda a b = sigma; the other eigenvalue is 0", flow_end_expr() - lam * (a**2 + b**2)),
        Step("when the imbalance grows", sympy.Eq(sympy.Symbol("c"), flat), "|1 - eta^2 r^2| = 1 beyond 0", [flat**2 - 2, ratio.subs({eta: 1, x: flat}) + 1]),
    ]  # fmt: skip


@derivation(
    "imbalance-cycles", "the imbalance along the 2-cycle and at the largest bounded step", "BAL-4", "BAL-5"
)
def _imbalance_cycles() -> list[Step]:
    superstable = layers_thresholds()["superstable 2-cycle"]
    entry = entry_step_expr().subs({eta: 1, lam: 1, sigma: 2})
    sine = 2 * sympy.sin(phi)
    ratio = imbalance_ratio_expr().subs(eta, 1).subs(x, 2 - a**2)
    invariant = a**2 * (4 - a**2)
    N = sympy.Symbol("z")  # a point of the unit circle, e^{i theta}
    return [
        Step("factor of the 2-cycle", sympy.Eq(sympy.Symbol("f"), imbalance_factor_expr()), "product of 1 - s^2 (1 - z)^2 along the cycle", imbalance_factor_expr() - (3 - 2 * s)),
        Step("superstable", sympy.Eq(s, superstable), "9 - 2 (1 + s)^2 = 0", [(1 + superstable) ** 2 - sympy.Rational(9, 2), cycle_multiplier_expr().subs(s, superstable)]),
        Step("tripling", "a = 2 sin(phi) goes to 2 sin(3 phi)", "s = 2 in units of eta = lambda = 1", sympy.expand(sympy.expand_trig(2 * sympy.sin(3 * phi)) - entry.subs(a, sine))),
        Step("invariant", "D^2/(a^2 (4 - a^2)) stays", "what a step makes of its numerator and of its denominator",
             sympy.expand(ratio**2 * invariant - invariant.subs(a, entry))),
        Step("mean of log |1 - eta^2 r^2|", "1 - eta^2 r^2 = -(1 + 2 cos(4 phi)), a unit times z^2 + z + 1 at z = e^{4 i phi}: the mean over phi is 0",
             "all roots of z^2 + z + 1 are on the unit circle (Jensen)",
             [sympy.expand(sympy.expand_trig(ratio.subs(a, sine) + 1 + 2 * sympy.cos(4 * phi)).subs(sympy.cos(phi) ** 4, (1 - sympy.sin(phi) ** 2) ** 2).subs(sympy.cos(phi) ** 2, 1 - sympy.sin(phi) ** 2)),
              *(sympy.simplify(root * sympy.conjugate(root) - 1) for root in sympy.solve(N**2 + N + 1, N))]),
    ]  # fmt: skip


@derivation("decay", "weight decay on both factors", "DECAY-1", "DECAY-2", "DECAY-3")
def _decay() -> list[Step]:
    penalised = mode_loss_expr().subs(w, a * b) + gamma * (a**2 + b**2) / 2
    step = (a - eta * sympy.diff(penalised, a)).subs(b, a)
    p, u, v, over = sympy.symbols("p u v Delta", positive=True)
    excess = (mode_loss_expr() + gamma * w).subs(sigma, gamma + over)
    return [
        Step("entry", sympy.Eq(sympy.Symbol("a+"), step), "the penalised loss differentiated at b = a", sympy.expand(step - entry_step_expr().subs(sigma, sigma - gamma))),
        Step("fitted value", "minimum of lambda w^2/2 - (sigma - gamma) w over w >= 0 at (sigma - gamma)/lambda", "complete the square",
             sympy.expand(excess - lam * (w - over / lam) ** 2 / 2 + over**2 / (2 * lam))),
        Step("three layers", "27 p q r <= (p + q + r)^3", "with q = p + u and r = p + v the difference is 9 p (u^2 - u v + v^2) + (u + v)^3",
             sympy.expand((3 * p + u + v) ** 3 - 27 * p * (p + u) * (p + v) - 9 * p * (u**2 - u * v + v**2) - (u + v) ** 3)),
    ]  # fmt: skip


@derivation("saddles", "the Hessian at a balanced spectral critical point, by pairs of directions", "INDEX-1")
def _saddles() -> list[Step]:
    l1, l2, s1, s2 = sympy.symbols("lambda1 lambda2 sigma1 sigma2", positive=True)
    learned = sympy.Matrix([[l2 * s1 / l1, -s2], [-s2, s1]])  # mode 1 learned, mode 2 not
    spare = sympy.Matrix([[0, -s2], [-s2, 0]])
    return [
        Step("a spare hidden unit and a mode to come", "eigenvalues -sigma and sigma", "only the residual couples them: one negative for each such pair", [spare.det() + s2**2, spare.trace()]),
        Step("a learned mode and a mode to come", "one eigenvalue is negative iff sigma_2^2/lambda_2 > sigma_1^2/lambda_1", "the sign of the determinant; the trace is positive",
             sympy.expand(learned.det() - l2 * (s1**2 / l1 - s2**2 / l2))),
    ]  # fmt: skip


@derivation("heavy-ball", "momentum: growth of small entries, stability, imbalance", "MOM-1", "MOM-2")
def _heavy_ball() -> list[Step]:
    root, p = growth_root_expr(), sympy.Symbol("p", real=True)
    da, db = sympy.symbols("d_a d_b", real=True)
    r = sympy.Symbol("r", real=True)
    now, lead = a * da - b * db, da**2 - db**2
    after = (a + da) * (eta * r * (b + db) + beta * da) - (b + db) * (eta * r * (a + da) + beta * db)
    return [
        Step("growth", sympy.Eq(rho, root), "a_k = rho^k in a_{k+1} = (1 + s + beta) a_k - beta a_{k-1}", sympy.expand(root**2 - (1 + s + beta) * root + beta)),
        Step("grows with s", "s = (rho - 1)(rho - beta)/rho increases with rho beyond 1", "solve for s; the derivative is 1 - beta/rho^2",
             [sympy.simplify(s - ((rho - 1) * (rho - beta) / rho).subs(rho, root)), sympy.simplify(sympy.diff((rho - 1) * (rho - beta) / rho, rho) - 1 + beta / rho**2)]),
        Step("edge of stability", "p^2 - (1 + beta - eta h) p + beta has the root -1 at eta h = 2 (1 + beta)", "heavy ball on a quadratic of curvature h",
             (p**2 - (1 + beta - h) * p + beta).subs({p: -1, h: 2 * (1 + beta)})),
        Step("imbalance", "m+ = beta (m + d_a^2 - d_b^2), D+ = D + 2 m + d_a^2 - d_b^2 for m = a d_a - b d_b", "the gradient part cancels, as it does for descent",
             [sympy.expand(after - beta * (now + lead)), sympy.expand((a + da) ** 2 - (b + db) ** 2 - (a**2 - b**2) - 2 * now - lead)]),
    ]  # fmt: skip


_formula = once({
    "one": lambda: Formula(entries_step_expr()[0], (eta, sigma, lam, a, b), "a+"),
    "other": lambda: Formula(entries_step_expr()[1], (eta, sigma, lam, a, b), "b+"),
    "factor": lambda: Formula(imbalance_factor_expr(), (s,), "imbalance factor"),
    "root": lambda: Formula(growth_root_expr(), (s, beta), "growth"),
    "shrunk": lambda: Formula((sigma - gamma) / lam, (sigma, lam, gamma), "omega_gamma"),
})  # fmt: skip


def entries_step(eta: Any, sigma: Any, lam: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """One descent step of the two entries of a mode.

    >>> [float(v) for v in entries_step(0.5, 1.0, 1.0, 2.0, 0.0)]
    [2.0, 1.0]
    """
    return tuple(_formula(part)(eta, sigma, lam, a, b) for part in ("one", "other"))  # type: ignore[return-value]


def imbalance_factor(s: Any) -> Any:
    """What two steps along the 2-cycle make of a small imbalance, as a factor.

    >>> float(imbalance_factor(1.5))
    0.0
    """
    return _formula("factor")(s)


def growth_root(s: Any, beta: Any) -> Any:
    """The factor by which heavy ball multiplies a small entry in one step.

    >>> float(growth_root(0.5, 0.0))
    1.5
    """
    return _formula("root")(s, beta)


def shrunk_value(sigma: Any, lam: Any, gamma: Any) -> Any:
    """The fitted value of a mode with ``σ > γ`` under weight decay, ``(σ − γ)/λ``.

    >>> float(shrunk_value(3.0, 2.0, 1.0))
    1.0
    """
    return _formula("shrunk")(sigma, lam, gamma)
