"""Proofs about first hitting times of one mode under descent: the bracket of GD-6."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import sympy

from rankladder.language.library import load_catalogue
from rankladder.proof.expressions import Expression, conjuncts, knowing, statement
from rankladder.proof.parts import Part
from rankladder.proof.result import Proof
from rankladder.proof.symbol_cases import Case, assumed, cases
from rankladder.proof.symbolic import claimed, equations, inequality, run, without_positive_factors
from rankladder.properties.gidel2019.proofs.flow import shown
from rankladder.simulate import descent
from rankladder.theory import hit_bracket_log


def _first(case: Case, uses: list[tuple[Any, Any, Any]] | None = None) -> Callable[[Any, Any, Any], Any]:
    """What GD-6 says of a first hitting step, in place of the step; ``uses`` gathers what it is used for."""

    def hit(s: Any, start: Any, theta: Any) -> Any:
        k = case.symbol(f"k_{len(case.known)}")
        if uses is not None:
            uses.append((s, start, theta))
        low, high = hit_bracket_log(s, start, theta)
        case.known += [k.expr >= low.expr, k.expr < high.expr + 1]
        return k

    return hit


def _in_its_domain(s: Any, start: Any, theta: Any, hypotheses: Sequence[Any]) -> list[Part]:
    """That a first hitting step is one that GD-6.bracket speaks of: its domain holds the step size, the level and the start."""
    bracket = load_catalogue()["GD-6.bracket"]
    without = [h for h in hypotheses if not h.has(sympy.log)]
    wanted: list[Any] = []
    for name, value in {
        "s": s.expr,
        "theta": theta.expr,
        "depth": sympy.log(theta.expr) - start.expr,
    }.items():
        wanted += [r for r in bracket.reals[name].bounds.relations(value) if r != sympy.true]
    # where a start lies deep enough is seen from itself, not from its logarithm
    below = sympy.log(theta.expr) - start.expr > 0
    wanted = [sympy.exp(start.expr) < theta.expr if r == below else r for r in wanted]
    parts: list[Part] = []
    for r in wanted:
        of_it = [h for h in without if h.free_symbols <= r.free_symbols]
        parts += inequality("it is in the domain of GD-6.bracket", r, of_it)
    return parts


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
        parts += equations("q_n = z_0 (1+s)^(2n)", residuals)
    low, high = hit_bracket_log(s, sympy.log(z0), theta)
    log_q = sympy.expand_log(sympy.log(closed))
    below = sympy.log(theta) + sympy.log(1 - z0) - sympy.log(1 - theta)
    rate = 2 * sympy.log(1 + s)
    parts += [
        *equations("n - lower end, times 2 log(1+s), is log q_n - log theta", [(n - low) * rate - (log_q - sympy.log(theta))]),
        *equations("n - upper end, times 2 log(1+s), is that of the odds", [(n - high) * rate - (log_q - below)]),
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


def by_logarithms(
    id: str,
    about: Callable[..., Mapping[str, Any]],
    argument: str,
    *,
    rests_on: tuple[str, ...] = (),
    first: bool = False,
) -> Proof:
    """The claim's own conclusion, from a few facts about logarithms: from then on each is a number that may be any.

    Args:
        id: the claim.
        about: the facts, by name, in the parameters; each is shown from what the claim assumes.
        argument, rests_on: as for :func:`claimed`.
        first: whether first hitting steps stand for what GD-6.bracket says of them.
    """
    claim = load_catalogue()[id]
    (case,) = cases(claim, [{}])
    uses: list[tuple[Any, Any, Any]] = []
    constants = {**claim.constants, **({"first": _first(case, uses)} if first else {})}
    with knowing() as chosen:
        said = statement(claim.conclusion(**case.values, **constants))
    hypotheses = assumed(claim, case, ranges=True)
    facts = about(**{n: v.expr for n, v in case.values.items()})
    parts = [part for use in uses for part in _in_its_domain(*use, hypotheses)]
    for name, fact in facts.items():
        named = fact.free_symbols | {v.expr for n, v in case.values.items() if n == "theta"}
        of_it = [h for h in hypotheses if not h.has(sympy.log) and h.free_symbols <= named]
        parts += inequality(name, fact, of_it)
    wanted, known = (
        [_expanded(k) for k in conjuncts(sympy.And(*every))]
        for every in ([said], [*hypotheses, *case.known, *chosen, *facts.values()])
    )
    logarithms = sorted(set().union(*(k.atoms(sympy.log) for k in (*known, *wanted))), key=str)
    numbers = {x: sympy.Symbol(f"L{i}", real=True, positive=x.is_positive) for i, x in enumerate(logarithms)}
    plain = [without_positive_factors(k.xreplace(numbers)) for k in known]
    used = set().union(
        *(k.xreplace(numbers).free_symbols for k in (*wanted, *(k for k in known if k.has(sympy.log))))
    )
    for part in wanted:
        about_them = [k for k in plain if k.free_symbols <= used and not k.has(sympy.exp)]
        parts += inequality("the conclusion, for any such numbers", part.xreplace(numbers), about_them)
    return claimed(id, argument, parts, rests_on=rests_on)


def _expanded(said: Any) -> Any:
    """The statement with the logarithms of products as sums."""
    if isinstance(said, sympy.Or):
        return sympy.Or(*map(_expanded, said.args))
    return sympy.expand_log(said)


def _rates(s1: Any, sigma1: Any, sigma2: Any, lam1: Any, delta: Any, **_: Any) -> dict[str, Any]:
    fast, slow = (sympy.log(1 + s1 * x / sigma1) for x in (sigma1, sigma2))
    missing = sympy.log(1 - lam1 * sympy.exp(-2 * delta) / sigma1)
    return {"growth": slow > 0, "order of growth": fast > slow, "start": missing < 0}


def _one_rate(s: Any, ratio: Any, delta: Any, **_: Any) -> dict[str, Any]:
    return {"growth": sympy.log(1 + s) > 0, "start": sympy.log(1 - ratio * sympy.exp(-2 * delta)) < 0}


def _start(of: Mapping[str, Any], n: str) -> Any:
    return of[f"lam_{n}"] * sympy.exp(-2 * of.get(f"c_{n}", 1) * of["delta"]) / of[f"sigma_{n}"]


def _starts(first: str, other: str) -> Callable[..., Mapping[str, Any]]:
    """That 1 - z_0 of the mode that is first is below 1, and that of the other above 1 - theta."""

    def about(**of: Any) -> Mapping[str, Any]:
        missing = [sympy.log(1 - _start(of, n)) for n in (first, other)]
        return {
            "start of the first": missing[0] < 0,
            "start of the other": missing[1] > sympy.log(1 - of["theta"]),
        }

    return about


def _ordered_starts(**of: Any) -> Mapping[str, Any]:
    i, j, theta = _start(of, "i"), _start(of, "j"), of["theta"]
    return {
        "the larger start": sympy.log(i) >= sympy.log(j),
        "what it misses": sympy.log(1 - i) <= sympy.log(1 - j),
        "start of the other": sympy.log(j) < sympy.log(theta),
        "what that misses": sympy.log(1 - j) > sympy.log(1 - theta),
    }


def _half_start(sigma: Any, lam: Any, delta: Any, **_: Any) -> dict[str, Any]:
    missing = sympy.log(1 - lam * sympy.exp(-2 * delta) / sigma)
    return {"start": missing < 0, "half": missing >= -sympy.log(2)}


def _one_step(s: Any, z0: Any) -> tuple[Any, ...]:
    """Z and 1 - z before and after a step of descent."""
    orbit = descent(Expression(s), Expression(z0), 1)
    return tuple(value.expr for value in (orbit.z[0], orbit.z[1], orbit.x[0], orbit.x[1]))


def _slow_step(s: Any, excess: Any, **_: Any) -> dict[str, Any]:
    z0, z1, x0, x1 = _one_step(s, excess * s * s / 8)
    rate = sympy.log(1 + s)
    return {
        "growth": sympy.log(z1) - sympy.log(z0) <= 2 * rate,
        "decay": sympy.log(x0) - sympy.log(x1) < excess * s,
        "rate": (1 + s) * rate > s,
    }


def _fast_step(s: Any, excess: Any, **_: Any) -> dict[str, Any]:
    z0, z1, x0, x1 = _one_step(s, 1 - excess * (1 - 2 * s) / 8)
    rate, left = sympy.log(1 - 2 * s), sympy.cancel(x1 / x0)
    return {
        "growth": sympy.log(z1) >= sympy.log(z0),
        "share": sympy.Eq(sympy.log(x1), sympy.log(x0) + sympy.log(left)),
        "decay": sympy.log(left) - rate < excess * s,
        "rate": rate < -2 * s,
    }


def _one_level(delta: Any, theta: Any, **_: Any) -> dict[str, Any]:
    z0 = sympy.exp(-2 * delta)
    return {
        "upper level": sympy.log(theta) > sympy.log(1 - theta),
        "below the level": sympy.log(theta * sympy.exp(2 * delta)) > 0,
        "start": sympy.log(1 - z0) > sympy.log(1 - theta),
    }


HITS = """Each first hitting step lies in its bracket (GD-6.bracket). The assumption on delta says that the upper end for
mode 1 is at least a step below the lower end for mode 2. The claim's own conclusion is shown from that, for two symbols."""
TIMES = """Both log-odds are straight lines in t, and both times are where such a line is at the level (FLOW-6). The claim's own
conclusion is linear in logarithms, of which a few facts are used."""

PROOFS = {
    "GD-6.width": shown(
        "GD-6.width",
        """The ends times 2 log(1+s) are log(theta/z_0) and log(1/z_0 - 1) + log(theta/(1 - theta)); their difference is
        log((1 - z_0)/(1 - theta)), and log(1 - z_0) < 0.""",
    ),
    "GD-6.bracket": bracket,
    **{
        id: partial(by_logarithms, id, _rates, HITS, rests_on=("GD-6.bracket",), first=True)
        for id in ("GD-8.order", "GD-8.order-every-step")
    },
    "GD-7.transition": partial(
        by_logarithms,
        "GD-7.transition",
        _one_rate,
        "The first hitting step lies in its bracket, and z_0 < 1.",
        rests_on=("GD-6.bracket",),
        first=True,
    ),
    "GD-5.lower": partial(
        by_logarithms,
        "GD-5.lower",
        _slow_step,
        "A step adds at most 2 log(1+s) to log z, and little to -log(1 - z).",
    ),
    "GD-5.upper": partial(
        by_logarithms,
        "GD-5.upper",
        _fast_step,
        "A step adds nearly -log(1 - 2s) to -log(1 - z), and something to log z.",
    ),
    "LIMIT-5.no-fixed-start": partial(
        by_logarithms,
        "LIMIT-5.no-fixed-start",
        _one_level,
        "Both log-odds are straight lines in t, of nearly the same slope.",
    ),
    "LIMIT-5.tied-time": partial(
        by_logarithms,
        "LIMIT-5.tied-time",
        _half_start,
        "The time is linear in logarithms, and 1/2 <= 1 - z_0 < 1.",
    ),
    "ORDER-1.every-start": partial(
        by_logarithms, "ORDER-1.every-start", _ordered_starts, TIMES, rests_on=("FLOW-6.hit",)
    ),
    "ORDER-1.vanishing": partial(
        by_logarithms, "ORDER-1.vanishing", _starts("i", "j"), TIMES, rests_on=("FLOW-6.hit",)
    ),
    "ORDER-2.rescaled": shown(
        "ORDER-2.rescaled",
        "The closed form at both ends, which are where it would be at theta with 1 and 1 - theta in the place of 1 - z_0.",
    ),
    "ORDER-2.reversal": partial(
        by_logarithms, "ORDER-2.reversal", _starts("j", "i"), TIMES, rests_on=("FLOW-6.hit",)
    ),
    "ORDER-2.scaled-order": partial(
        by_logarithms, "ORDER-2.scaled-order", _starts("i", "j"), TIMES, rests_on=("FLOW-6.hit",)
    ),
}
