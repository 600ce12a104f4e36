"""What a derivation displays, against the same statement typed from the theory.

A step verifies its residual; nothing in it verifies the equation that a reader sees. Here every displayed equation
stands once more, in another form, and both are evaluated to thirty digits at rational points.
"""

from __future__ import annotations

import pytest
import sympy

from rankladder.theory import all_derivations

STATED = {
    ("commuting-distance", "commutator"): "B12*(sigma2**2 - sigma1**2)",
    ("curvature", "eigenvalue of a pair of modes"): "lam1*omega1 + lam1*omega2",
    ("cycle", "multiplier"): "9 - 2*(1 + s)**2",
    ("cycle", "end of stability"): "sqrt(5) - 1",
    ("decay", "entry"): "a*(1 + eta*(sigma - gamma - lam*a**2))",
    ("decoupling", "mode equation"): "2*w*(sigma - lam*w)",
    ("decoupling", "entry map"): "a*(1 + eta*(sigma - lam*a**2))",
    ("decoupling", "mode map"): "w*(1 + eta*(sigma - lam*w))**2",
    ("depth", "mode equation, L = 3"): "a**2*(sigma - lam*a**3)",
    ("depth", "mode equation, L = 4"): "a**3*(sigma - lam*a**4)",
    ("depth", "any L"): "a**(L - 1)*(sigma - lam*a**L)",
    ("depth", "descent"): "a*(1 + eta*a**(L - 2)*(sigma - lam*a**L))",
    ("depth", "partial fractions"): "1/(a**(L - 1)*(sigma - lam*a**L))",
    ("depth", "the part that diverges"): "(1/a_0 - 1/a_theta)/sigma",
    ("depth", "the part that does not"): "lam*a_theta**2/(2*sigma**2*(1 - theta))",
    ("depth", "limit"): "1/sigma",
    ("distance", "width of the sandwich"): "3*s**2",
    ("dual-step", "gradient"): "v*(lam*u*v - sigma)",
    ("dual-step", "sum"): "u - eta*g*v + v - eta*g*u",
    ("dual-step", "difference"): "u - eta*g*v - v + eta*g*u",
    ("dual-step", "imbalance"): "(u - eta*g*v)**2 - (v - eta*g*u)**2",
    ("dual-step", "dual"): "((u + v)/(u - v) - (u - v)/(u + v))/2",
    ("dual-step", "shift"): "(u + v)*(1 - eta*g)/((u - v)*(1 + eta*g))",
    ("dual-step", "flow"): "-2*g",
    ("dual-time", "while the gradient stays"): "(exp(2*A*(h*tau - 1)) - exp(-2*A*(h*tau + 1)))/4",
    ("entry-signs", "sign of a step"): "1 + 1/s",
    ("entry-signs", "highest z"): "4*(1 + s)**3/(27*s)",
    ("entry-signs", "threshold"): "sqrt(27)/2 - 1",
    ("gaussian-start", "growth at the origin"): "sigma1*b",
    ("gaussian-start", "transition"): "delta/log(1 + s)",
    ("heavy-ball", "growth"): "(1 + s + beta + sqrt((1 + s + beta)**2 - 4*beta))/2",
    ("hitting-steps", "from growth"): "log(theta/z_0)/(2*log(1 + s))",
    ("hitting-steps", "from the lower logistic line"): "(log(1/z_0 - 1) + log(theta/(1 - theta)))/(2*log(1 + s))",
    ("hitting-time", "log-odds"): "log(z_0/(1 - z_0)) + 2*sigma*t",
    ("hitting-time", "at the start"): "log(z_0/(1 - z_0))",
    ("hitting-time", "hitting time of log-odds ell"): "(log(1/z_0 - 1) + ell)/(2*sigma)",
    ("hitting-time", "window from -ell to ell"): "ell/sigma",
    ("imbalance-cycles", "factor of the 2-cycle"): "1 - 2*(s - 1)",
    ("imbalance-cycles", "superstable"): "3/sqrt(2) - 1",
    ("loss", "loss of a mode"): "lam*w**2/2 - sigma*w",
    ("loss", "fitted value"): "sigma/lam",
    ("loss", "excess"): "(lam*w - sigma)**2/(2*lam)",
    ("loss", "an unlearned mode costs"): "sigma**2/(2*lam)",
    ("loss", "a learned mode costs"): "0",
    ("loss-descends", "contraction"): "1 - 2*s*(1 - x) - s**2*(1 - x)*x",
    ("loss-descends", "m increases with x"): "s*(2 - s + 2*s*x)",
    ("loss-descends", "deepest overshoot"): "4*(1 + s)**3/(27*s)",
    ("mode-flow", "solution, sigma > 0"): "1/(lam/sigma + (1/w_0 - lam/sigma)*exp(-2*sigma*t))",
    ("mode-flow", "initial value"): "w_0",
    ("mode-flow", "from e^{-delta}"): "1/(lam/sigma*(1 - exp(-2*sigma*t)) + exp(2*delta - 2*sigma*t))",
    ("mode-flow", "solution, sigma = 0 < lambda"): "1/(1/w_0 + 2*lam*t)",
    ("mode-flow", "sigma = lambda = 0"): "0",
    ("mode-flow", "grows below the fitted value"): "2*w*(sigma - lam*w)",
    ("mode-flow", "null modes never grow"): "-2*lam*w**2",
    ("next-order", "growth of the log-odds"): "2*s - s**2 + 3*s**2*z",
    ("next-order", "hitting step"): "(log(1/z_0 - 1) + log(theta/(1 - theta)))/2*(1/s + 1/2)"
    " - 3*log((1 - z_0)/(1 - theta))/4",
    ("noncommuting-plateaus", "a mode is left towards a stronger one"): "2*g1 - 2*g2",
    ("noncommuting-plateaus", "time near the wrong plateau"): "log(ratio)/log(1 + eta*mu)",
    ("noncommuting-plateaus", "flow"): "log(ratio)/mu",
    ("normal-form", "normal form"): "z*(1 + s*(1 - z))**2",
    ("normal-form", "growth at 0"): "1 + 2*s + s**2",
    ("normal-form", "multiplier at 1"): "1 - 2*s",
    ("normal-form", "last phase"): "x*(1 - 2*s + s*x*(2 - s + s*x))",
    ("one-layer", "flow on an eigenvector"): "sigma/lam + (v0 - sigma/lam)*exp(-lam*t)",
    ("one-layer", "descent on an eigenvector"): "sigma/lam + (v0 - sigma/lam)*(1 - eta*lam)**k",
    ("one-layer-fractions", "fraction under the flow"): "1 - exp(-lam*t)",
    ("one-layer-fractions", "fraction under descent"): "1 - (1 - eta*lam)**k",
    ("one-layer-fractions", "sharp bound"): "3/2",
    ("order", "log of the start"): "log(lam/sigma) - 2*delta",
    ("order", "from this delta on sigma decides"): "(sigma_j*log(sigma_i/lam_i*theta/(1 - theta))"
    " - sigma_i*log(sigma_j/lam_j*theta))/(2*(sigma_i - sigma_j))",
    ("perturbation", "Gronwall"): "b*(exp(L*t) - 1)/L",
    ("rates", "rate near 0"): "2*log(1 + s)",
    ("rates", "rate near 1"): "-log(1 - 2*s)",
    ("rates", "odds grow by"): "(1 + s*(1 - z))**2*(1 - z)/(1 - z*(1 + s*(1 - z))**2)",
    ("rates", "no larger lower rate"): "(1 + s)**2",
    ("rates", "no smaller upper rate"): "1/(1 - 2*s)",
    ("reduced-rank", "whitened inputs"): "sigma**2",
    ("reduced-rank", "autoencoder"): "sigma",
    ("residual-transition", "second transition"): "1/sigma1 + (1 - sigma2/sigma1)/rho",
    ("residual-transition", "commuting data"): "1/sigma2",
    ("residual-transition", "descent"): "1/log(1 + eta*sigma1)"
    " + (1 - log(1 + eta*sigma2)/log(1 + eta*sigma1))/log(1 + eta*rho)",
    ("step-bounded", "end of the interval"): "1 + 2/s",
    ("step-bounded", "escape beyond the end"): "s*(1 + 2/s + p)*(2/s + p)*s*p",
    ("step-convergent", "no 2-cycle of the entries"): "(1 + s)**2 - 4",
    ("step-convergent", "the interval"): "4*(1 + s)**3/(27*s)",
    ("step-convergent", "signs of the entries stay"): "1 + 1/s",
    ("step-monotone", "rises below 1"): "z*(1 + s*(1 - z))**2 - z",
    ("step-monotone", "sharp"): "1 - 2*s",
    ("transition", "transition"): "delta/log(1 + eta*sigma)",
    ("transition", "small steps"): "1/sigma + eta/2",
    ("transition", "order of sigma"): "1/(sigma + 1/eta)",
    ("vanishing", "before"): "0",
    ("vanishing", "at"): "sigma/(lam + sigma)",
    ("vanishing", "after"): "sigma/lam",
    ("vanishing", "between two transitions"): "2/(sigma_i + sigma_j)",
    ("vanishing", "error of a plateau there"): "C*exp(-2*delta*(sigma_i - sigma_j)/(sigma_i + sigma_j))",
    ("vanishing", "small enough for epsilon"): "log(C/epsilon)*(sigma_i + sigma_j)/(2*(sigma_i - sigma_j))",
    ("two-entries", "step"): "a + eta*b*(sigma - lam*a*b)",
    ("two-entries", "imbalance"): "(1 - eta*x)*(1 + eta*x)",
    ("two-entries", "curvature of a minimum"): "lam*a**2 + lam*b**2",
    ("two-entries", "when the imbalance grows"): "2/sqrt(2)",
}  # fmt: skip

# an equation "... = 0", an inequality or a set: what stands on its left, or its members
ELSEWHERE = {
    ("cycle", "2-cycle"): [f"(1 + s {sign} sqrt((1 + s)**2 - 4))/(2*s)" for sign in "-+"],
    ("loss-descends", "polynomial"): ["8*s**6 + 48*s**5 + 66*s**4 - 110*s**3 - 366*s**2 - 330*s + 629"],
    ("lower-curve", "two steps near 1"): ["(2*s - 1)*(1 + s)**2 - 1"],
    ("order", "equal modes pass 1 - theta before theta"): ["ell/sigma"],
    ("rates", "upper one-step lemma"): ["1 - (1 - 2*s*x)*(1 + s*x)**2"],
    ("rates", "lower one-step lemma"): ["(1 + s*x)**2*((1 + s)**2 - x*((1 + s)**2 - 1)) - (1 + s)**2"],
    ("step-monotone", "fixed points"): ["0", "1", "1 + 2/s"],
}
ROOTS = {("loss-descends", "threshold"): "polynomial", ("lower-curve", "threshold"): "two steps near 1"}


def step(key: tuple[str, str]):  # type: ignore[no-untyped-def]
    return next(s for s in all_derivations()[key[0]]().steps if s.name == key[1]).equation


def value(expression: object, point: int) -> sympy.Expr:
    """To thirty digits, symbols told apart by their names alone, at small distinct rationals."""
    plain = sympy.sympify(
        expression,
        locals={"lam": sympy.Symbol("lambda"), "beta": sympy.Symbol("beta"), "gamma": sympy.Symbol("gamma")},
    )
    for x in sorted(plain.free_symbols, key=str):
        name = str(x).replace("lambda", "lam")
        seed = sum(ord(c) * 7**i for i, c in enumerate(name)) % 89
        whole = 3 + point if name in ("L", "k") else sympy.Rational(5 + seed + 3 * point, 233)
        plain = plain.subs(x, whole)
    return sympy.N(plain, 30)


def same(shown: object, stated: object) -> bool:
    return all(abs(value(shown, i) - value(stated, i)) < sympy.Float("1e-25") for i in range(3))


@pytest.mark.parametrize("key", STATED, ids=lambda k: ": ".join(k))
def test_the_right_hand_side_is_what_the_theory_states(key: tuple[str, str]) -> None:
    shown = step(key)
    assert same(shown.rhs if isinstance(shown, sympy.Equality) else shown, STATED[key])


def test_partial_fractions_show_the_whole_on_the_left() -> None:
    assert same(step(("depth", "partial fractions")).lhs, STATED["depth", "partial fractions"])
    assert same(step(("transition", "small steps")).lhs, "eta/log(1 + eta*sigma)")


@pytest.mark.parametrize("key", ELSEWHERE, ids=lambda k: ": ".join(k))
def test_what_is_shown_otherwise(key: tuple[str, str]) -> None:
    shown = step(key)
    if isinstance(shown, sympy.FiniteSet):
        assert len(shown) == len(ELSEWHERE[key])
        for stated in ELSEWHERE[key]:
            assert any(same(member, stated) for member in shown)
        return
    assert shown.rhs == 0
    assert isinstance(shown, (sympy.Equality, sympy.GreaterThan, sympy.StrictGreaterThan))
    (stated,) = ELSEWHERE[key]
    assert same(shown.lhs, stated)


@pytest.mark.parametrize("key", ROOTS, ids=lambda k: ": ".join(k))
def test_a_threshold_is_shown_as_the_root_between_a_half_and_one(key: tuple[str, str]) -> None:
    root = step(key).rhs
    (polynomial,) = ELSEWHERE[key[0], ROOTS[key]]
    assert 0.5 < float(root) < 1
    assert abs(sympy.N(sympy.sympify(polynomial).subs("s", root), 30)) < sympy.Float("1e-25")


def test_every_displayed_equation_stands_here() -> None:
    shown = {
        (name, s.name)
        for name, build in all_derivations().items()
        for s in build().steps
        if not isinstance(s.equation, str)
    }
    assert shown == STATED.keys() | ELSEWHERE.keys() | ROOTS.keys()
