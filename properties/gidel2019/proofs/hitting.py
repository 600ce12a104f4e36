"""Proofs about first hitting times of one mode under descent: the bracket of GD-6."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import sympy

from rankladder.language.library import load_catalogue
from rankladder.language.margins import exp, log
from rankladder.proof.expressions import statement
from rankladder.proof.parts import Part
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import Case, assumed, cases, claimed, equations, inequality, run
from rankladder.properties.gidel2019.gd_transition import first_hits_apart
from rankladder.properties.gidel2019.proofs.flow import shown
from rankladder.theory import hit_bracket_log


def _first(case: Case) -> Callable[[Any, Any, Any], Any]:
    """What GD-6 says of a first hitting step, in place of the step."""

    def hit(s: Any, start: Any, theta: Any) -> Any:
        k = case.symbol(f"k_{len(case.known)}")
        low, high = hit_bracket_log(s, start, theta)
        case.known += [k.expr >= low.expr, k.expr < high.expr + 1]
        return k

    return hit


def _ends_in_steps() -> list[Part]:
    """What the relations of GD-6.lower and GD-6.upper say of the number n of steps, for q_n = z_0 (1+s)^(2n)."""
    lower, upper = (load_catalogue()[f"GD-6.{end}"].induction for end in ("lower", "upper"))
    s, z0, theta, level, n = sympy.symbols("s z0 theta q n", positive=True)
    known = {str(x): x for x in (s, z0, theta, level)} | {"z": sympy.Symbol("z", real=True)}

    def said(of: Any) -> Any:
        return of.xreplace({x: known[str(x)] for x in of.free_symbols})

    parts = []
    closed = z0 * (1 + s) ** (2 * n)
    for induction in (lower, upper):
        (q,) = (x for x in induction.start if str(x) == "q")
        first, after = said(sympy.sympify(induction.start[q])), said(sympy.sympify(induction.step[q]))
        residuals = [closed.subs(n, 0) - first, closed.subs(n, n + 1) - after.subs(level, closed)]
        parts.append(equations("q_n = z_0 (1+s)^(2n)", residuals))
    low, high = hit_bracket_log(s, sympy.log(z0), theta)
    log_q = sympy.expand_log(sympy.log(closed))
    below = sympy.log(theta) + sympy.log(1 - z0) - sympy.log(1 - theta)
    rate = 2 * sympy.log(1 + s)
    parts += [
        equations("n - lower end, times 2 log(1+s), is log q_n - log theta", [(n - low) * rate - (log_q - sympy.log(theta))]),
        equations("n - upper end, times 2 log(1+s), is that of the odds", [(n - high) * rate - (log_q - below)]),
        *inequality("2 log(1+s) > 0", rate > 0, [s > 0]),
    ]  # fmt: skip
    ranges = [theta > 0, theta < 1, z0 > 0, z0 < theta, level > 0]
    z, q = known["z"], level
    parts += inequality("a state at theta: n is at or beyond the lower end", sympy.log(q) - sympy.log(theta) >= 0, [*ranges, said(lower.holds), z >= theta])  # fmt: skip
    parts += inequality("n at or beyond the upper end: theta is reached", z >= theta, [*ranges, said(upper.holds), sympy.log(q) - below >= 0])  # fmt: skip
    k, end = sympy.symbols("k end", real=True)
    return [*parts, *inequality("k is below the upper end plus 1", k < end + 1, [k <= n, n < end + 1])]


def bracket() -> Proof:
    """The first hitting step lies in its bracket."""
    claim = load_catalogue()["GD-6.bracket"]
    (case,) = cases(claim, [{}])
    return claimed(
        claim.id,
        """The first step k at theta has z_k >= theta, so k is at least the lower end (GD-6.lower). Let n be the least
        whole number at or above the upper end: some state up to n has reached theta (GD-6.upper), so k <= n, and n is
        below the upper end plus 1. The claim's own conclusion is shown from that, for a symbol k.""",
        [
            *_ends_in_steps(),
            *run(replace(claim, constants={**claim.constants, "first": _first(case)}), case, ranges=True),
        ],
        rests_on=("GD-6.lower", "GD-6.upper"),
    )


def order(id: str) -> Proof:
    """The larger sigma is first."""
    claim = load_catalogue()[id]
    (case,) = cases(claim, [{}])
    v = case.values
    hypotheses = assumed(claim, case, ranges=True)
    said = statement(first_hits_apart(**v, first=_first(case)))
    eta = v["s1"] / v["sigma1"]
    growth1, growth2 = (log(1 + eta * v[name]).expr for name in ("sigma1", "sigma2"))
    missing = log(1 - v["lam1"] * exp(-2 * v["delta"]) / v["sigma1"]).expr
    about_logarithms = {"growth": growth2 > 0, "order of growth": growth1 > growth2, "start": missing < 0}
    parts = [part for name, fact in about_logarithms.items() for part in inequality(name, fact, hypotheses)]
    # from here on a logarithm is a number of which only those three facts are known
    vanishing = [h for h in hypotheses if h.has(sympy.log)]
    known = [*vanishing, *case.known, *about_logarithms.values()]
    logarithms = sorted(set().union(*(k.atoms(sympy.log) for k in (*known, said))), key=str)
    rates = {x: sympy.Symbol(f"L{i}", real=True) for i, x in enumerate(logarithms)}
    rates |= {
        growth1: 1 / sympy.Symbol("tau1", positive=True),
        growth2: 1 / sympy.Symbol("tau2", positive=True),
    }
    parts += inequality("order", said.xreplace(rates), [k.xreplace(rates) for k in known])
    return claimed(
        id,
        """Each first hitting step lies in its bracket (GD-6.bracket). The assumption on delta says that the upper end for
        mode 1 is at least a step below the lower end for mode 2. The claim's own conclusion is shown from that, for two
        symbols k, with tau_i = 1/log(1 + eta sigma_i).""",
        parts,
        rests_on=("GD-6.bracket",),
    )


PROOFS = {
    "GD-6.width": shown(
        "GD-6.width",
        """The ends times 2 log(1+s) are log(theta/z_0) and log(1/z_0 - 1) + log(theta/(1 - theta)); their difference is
        log((1 - z_0)/(1 - theta)), and log(1 - z_0) < 0.""",
    ),
    "GD-6.bracket": bracket,
    "GD-8.order": partial(order, "GD-8.order"),
    "GD-8.order-every-step": partial(order, "GD-8.order-every-step"),
}
