"""What a derivation displays, against the same statement typed from the theory.

A step verifies its residual; nothing in it verifies the equation that a reader sees. Here the main ones
of each derivation stand once more, in another form, and both are evaluated to thirty digits at rational points.
"""

import pytest
import sympy

from rankladder.theory import all_derivations
from tests.samples import one_in

STATED = {
    ("commuting-distance", "commutator"): "B12*(sigma2**2 - sigma1**2)",
    ("curvature", "eigenvalue of a pair of modes"): "lam1*omega1 + lam1*omega2",
    ("cycle", "multiplier"): "9 - 2*(1 + s)**2",
    ("decay", "entry"): "a*(1 + eta*(sigma - gamma - lam*a**2))",
    ("decoupling", "entry map"): "a*(1 + eta*(sigma - lam*a**2))",
    ("decoupling", "mode map"): "w*(1 + eta*(sigma - lam*w))**2",
    ("depth", "any L"): "a**(L - 1)*(sigma - lam*a**L)",
    ("depth", "descent"): "a*(1 + eta*a**(L - 2)*(sigma - lam*a**L))",
    ("depth", "partial fractions"): "1/(a**(L - 1)*(sigma - lam*a**L))",
    ("distance", "width of the sandwich"): "3*s**2",
    ("dual-step", "dual"): "((u + v)/(u - v) - (u - v)/(u + v))/2",
    ("dual-step", "shift"): "(u + v)*(1 - eta*g)/((u - v)*(1 + eta*g))",
    ("dual-time", "while the gradient stays"): "(exp(2*A*(h*tau - 1)) - exp(-2*A*(h*tau + 1)))/4",
    ("entry-signs", "highest z"): "4*(1 + s)**3/(27*s)",
    ("gaussian-start", "growth at the origin"): "sigma1*b",
    ("heavy-ball", "growth"): "(1 + s + beta + sqrt((1 + s + beta)**2 - 4*beta))/2",
    ("hitting-steps", "from the lower logistic line"): "(log(1/z_0 - 1) + log(theta/(1 - theta)))/(2*log(1 + s))",
    ("hitting-time", "hitting time of log-odds ell"): "(log(1/z_0 - 1) + ell)/(2*sigma)",
    ("hitting-time", "window from -ell to ell"): "ell/sigma",
    ("imbalance-cycles", "factor of the 2-cycle"): "1 - 2*(s - 1)",
    ("imbalance-cycles", "superstable"): "3/sqrt(2) - 1",
    ("loss", "excess"): "(lam*w - sigma)**2/(2*lam)",
    ("loss-descends", "contraction"): "1 - 2*s*(1 - x) - s**2*(1 - x)*x",
    ("mode-flow", "solution, sigma > 0"): "1/(lam/sigma + (1/w_0 - lam/sigma)*exp(-2*sigma*t))",
    ("mode-flow", "from e^{-delta}"): "1/(lam/sigma*(1 - exp(-2*sigma*t)) + exp(2*delta - 2*sigma*t))",
    ("next-order", "hitting step"): "(log(1/z_0 - 1) + log(theta/(1 - theta)))/2*(1/s + 1/2)"
    " - 3*log((1 - z_0)/(1 - theta))/4",
    ("noncommuting-plateaus", "time near the wrong plateau"): "log(ratio)/log(1 + eta*mu)",
    ("normal-form", "normal form"): "z*(1 + s*(1 - z))**2",
    ("one-layer", "descent on an eigenvector"): "sigma/lam + (v0 - sigma/lam)*(1 - eta*lam)**k",
    ("one-layer-fractions", "fraction under descent"): "1 - (1 - eta*lam)**k",
    ("order", "from this delta on sigma decides"): "(sigma_j*log(sigma_i/lam_i*theta/(1 - theta))"
    " - sigma_i*log(sigma_j/lam_j*theta))/(2*(sigma_i - sigma_j))",
    ("perturbation", "Gronwall"): "b*(exp(L*t) - 1)/L",
    ("rates", "rate near 0"): "2*log(1 + s)",
    ("rates", "odds grow by"): "(1 + s*(1 - z))**2*(1 - z)/(1 - z*(1 + s*(1 - z))**2)",
    ("reduced-rank", "whitened inputs"): "sigma**2",
    ("residual-transition", "second transition"): "1/sigma1 + (1 - sigma2/sigma1)/rho",
    ("residual-transition", "descent"): "1/log(1 + eta*sigma1)"
    " + (1 - log(1 + eta*sigma2)/log(1 + eta*sigma1))/log(1 + eta*rho)",
    ("step-bounded", "escape beyond the end"): "s*(1 + 2/s + p)*(2/s + p)*s*p",
    ("step-convergent", "no 2-cycle of the entries"): "(1 + s)**2 - 4",
    ("step-monotone", "rises below 1"): "z*(1 + s*(1 - z))**2 - z",
    ("transition", "transition"): "delta/log(1 + eta*sigma)",
    ("transition", "small steps"): "1/sigma + eta/2",
    ("vanishing", "at"): "sigma/(lam + sigma)",
    ("vanishing", "between two transitions"): "2/(sigma_i + sigma_j)",
    ("vanishing", "error of a plateau there"): "C*exp(-2*delta*(sigma_i - sigma_j)/(sigma_i + sigma_j))",
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


@pytest.mark.parametrize(("derivation", "name"), one_in(3, STATED))
def test_the_right_hand_side_is_what_the_theory_states(derivation: str, name: str) -> None:
    key = (derivation, name)
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
