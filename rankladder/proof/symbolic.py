"""Claims proved by running their own conclusion on symbols.

What stands for its parameters is said in ``symbol_cases``. The conclusion then says what must be shown: equations are
reduced to zero, the rest goes to the two solvers.
"""

from __future__ import annotations

import inspect
import itertools
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import sympy

from rankladder.language.margins import forall
from rankladder.language.obligation import Obligation, as_text, symbols_of
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Undecided
from rankladder.numbers.departures import asks_for_kinds, watched
from rankladder.numbers.words import Structured, Vector
from rankladder.proof.expressions import (
    Distance,
    Everywhere,
    Joined,
    asking,
    conjuncts,
    knowing,
    put,
    signed,
    statement,
    statements,
    undecided,
)
from rankladder.proof.identity_factors import with_factors
from rankladder.proof.identity_text import NOTHING
from rankladder.proof.kept_identities import in_parts
from rankladder.proof.parts import Part, Status, combined, shown_on
from rankladder.proof.result import Proof, fact
from rankladder.proof.smt import discharge_all
from rankladder.proof.symbol_cases import AnyShape, Case, assumed, case_of, cases, ranges_of, substituted
from rankladder.proof.zero import Fractions, is_zero, positive_by_terms

__all__ = [
    "by_symbols", "by_words", "claimed", "equations", "inequality", "run", "runs_on_words", "show",
    "without_positive_factors",
]  # fmt: skip

_NO_FORM = (Undecided, TypeError, AttributeError, ValueError, LookupError)  # of code that symbols cannot run


def _nothing_left_out(claim: Claim, choices: Sequence[Mapping[str, Any]]) -> list[Part]:
    """That every value of the parameters is one of those put in their place, in one of the choices at least."""
    case = case_of(claim, {})
    parts: list[Part] = []
    covered: list[Any] = []
    for choice in choices:
        here: list[Any] = []
        for name, (expression, inverses) in ((k, v) for k, v in choice.items() if substituted(v)):
            value = case.values[name].expr
            back = {x: inverse.subs(sympy.Symbol(name), value) for x, inverse in inverses.items()}
            here += [x > 0 for x in back.values()] or [sympy.Eq(value, expression)]
            if back:
                parts += equations(f"{name} = {expression}, and back", [expression.subs(back) - value])
        covered.append(sympy.And(*here))
    name = "every value of the parameters is among those"
    return [*parts, *inequality(name, sympy.Or(*covered), assumed(claim, case, ranges=True))]


def shown(
    name: str,
    said: Sequence[Any],
    hypotheses: Sequence[Any],
    scales: Mapping[str, Mapping[str, int]] | None = None,
) -> list[Part]:
    """Statements shown under hypotheses: equations together by algebra, inequalities one by one by the solvers."""
    fixed = {
        h.lhs: h.rhs for h in hypotheses if isinstance(h, sympy.Eq) and h.lhs.is_Symbol and h.rhs.is_Rational
    }
    parts = [put(p, fixed) for p in dict.fromkeys(itertools.chain(*map(conjuncts, said)))]
    at_every = [h.margin for h in hypotheses if isinstance(h, Everywhere)]
    hypotheses = [h for h in hypotheses if not h.has(Everywhere)]
    equal = [p for p in parts if isinstance(p, sympy.Eq) and p.rhs == 0]
    found: list[Part] = []
    nothing = Obligation(name, (), sympy.true)  # where nothing is left to state of what was said
    if equal:
        part, *signs = equations(name, [p.lhs for p in equal], hypotheses)
        whole = nothing if any(p.lhs == 0 for p in equal) else _stated(name, hypotheses, sympy.And(*equal))
        found += [replace(part, stated=whole), *signs]
    rest = [(p, hypotheses) for p in parts if not (isinstance(p, sympy.Eq) and p.rhs == 0)]
    rest = [
        each
        for p, h in rest
        for each in (_everywhere(p.margin, at_every, h) if isinstance(p, Everywhere) else [(p, h)])
    ]
    decided = sum(p == sympy.true for p, _ in rest)
    if decided:
        many = f"{decided} statement{'s' if decided > 1 else ''}: {_DECIDED}"
        found.append(Part(name, many, "SymPy", Status.proved, stated=nothing))
    rest = [(p, h) for p, h in rest if p != sympy.true]
    divided: dict[str, None] = {}  # lines on what is known, each once
    for number, (part, given) in enumerate(rest, 1):
        label = name if len(rest) == 1 else f"{name}, inequality {number}"
        made, told = _without_factors(label, *_scaled(part, given, scales or {}))
        found += made
        divided.update(told)
        if combined(tuple(found)) is not Status.proved:
            break
    if divided:
        lines = "\n".join(divided)
        found.append(
            Part(f"{name}: what is known, without factors of known sign", lines, "SymPy", Status.proved)
        )
    return found


def _without_factors(name: str, said: Any, hypotheses: Sequence[Any]) -> tuple[list[Part], dict[str, None]]:
    """A statement shown without the factors of known sign, of what is known too. Where no identity shows the statement itself
    it is told what was divided out: of it in a part, of what is known beside the parts.
    """
    several = isinstance(said, (sympy.And, sympy.Or))
    goal = said if several else without_positive_factors(said, wanted=isinstance(said, sympy.Ge))
    known = {h: without_positive_factors(h) for h in hypotheses}
    first, *others = inequality(name, goal, [k for k in known.values() if k != sympy.true])
    whole = in_parts(_stated(name, hypotheses, said))
    first = replace(first, stated=whole)
    if combined((first, *others)) is not Status.proved or said == sympy.true:
        return [first, *others], {}
    if goal == sympy.true:
        by_terms = _stated(name, (), said)
        if (found := with_factors(by_terms, NOTHING)) is None:
            return [replace(first, statement=str(by_terms), detail=_BY_TERMS)], {}
        return [replace(first, statement=str(by_terms), method="identities", identities=found)], {}
    if not others and first.identities is not None and (made := with_factors(whole, first.identities)):
        return [replace(first, statement=str(whole), detail="", identities=made)], {}
    plain = _plain_symbols((said, *hypotheses))
    told = _divided_out(said, goal, plain, "left to show")
    others += [Part(f"{name}: factors of known sign", line, "SymPy", Status.proved) for line in told]
    return [first, *others], dict.fromkeys(
        line for h, k in known.items() for line in _divided_out(h, k, plain, "so")
    )


def _divided_out(said: Any, left: Any, plain: Mapping[Any, Any], then: str) -> list[str]:
    """What was divided out of a relation, of which that is left, and why that may be; nothing where it was but a number."""
    if isinstance(said, (sympy.And, sympy.Or)):
        parts = ((p, without_positive_factors(p)) for p in said.args)
        return [told for pair in parts for told in _divided_out(*pair, plain, "that is")]
    if (
        said == left
        or not isinstance(said, sympy.core.relational.Relational)
        or not isinstance(left, said.func)
    ):
        return []
    gap, rest = said.lhs - said.rhs, left.lhs - left.rhs
    (number, _), *factors = Fractions(_with_roots_out(gap) / rest).factors()
    if not factors:
        return []
    product = sympy.Mul(*(f**n for f, n in ((number, 1), *factors) if f != 1), evaluate=False)
    whole, factor, rest, left = (as_text(x.xreplace(plain)) for x in (gap, product, rest, left))
    sign = ">=" if isinstance(said, sympy.Ge) and then == "left to show" else ">"
    why = f"where {factor} {sign} 0 by squares and the signs of its terms"
    return [f"{whole} = ({factor})*({rest}), {why}; {then}: {left}"]


def _everywhere(
    margin: Any, at_every: Sequence[Any], hypotheses: Sequence[Any]
) -> Iterator[tuple[Any, list[Any]]]:
    """What must be shown in each case of the indices, and what is known there."""
    strict = getattr(margin, "strict", False)
    for condition in margin.conditions([v for v in at_every if hasattr(v, "known")]):
        known = [
            signed(sympy.Gt, x.expr) if positive else statement(x, known=True)
            for x, positive in condition.known
        ]
        if isinstance(condition.number, Joined) and not (strict or condition.vanishes):
            said = statement(condition.number)
        else:
            number = sympy.sympify(getattr(condition.number, "expr", condition.number))
            said = (
                sympy.Eq(number, 0)
                if condition.vanishes
                else undecided(sympy.Gt if strict else sympy.Ge, number)
            )
        yield said, _about(said, [*hypotheses, *(k for k in known if k != sympy.true)])


def _about(said: Any, hypotheses: Sequence[Any]) -> list[Any]:
    """What is known, each once; of a number that was rounded only where it stands in what is to be shown."""
    stands = symbols_of(said)
    return [
        h
        for h in dict.fromkeys(hypotheses)
        if not any(x.name.startswith("floor_") and x not in stands for x in symbols_of(h))
    ]


def _scaled(
    said: Any, hypotheses: Sequence[Any], scales: Mapping[str, Mapping[str, int]]
) -> tuple[Any, list[Any]]:
    """The same with other symbols: a number is a new one of that sign times powers of positive numbers (or of their sums).
    So is the square of a real number; what is not even in that number is left out of what is known.
    """
    made, known = _by_logarithms(said), list(hypotheses)
    for name, powers in scales.items():
        for index in ("i", "j"):
            names = {x.name: x for part in (made, *known) for x in symbols_of(part)}
            old = names.get(name.replace("[i]", f"[{index}]").removesuffix("²"))
            first, *others = (n.replace("[i]", f"[{index}]").split(" + ") for n in powers)
            if old is None or first[0] in names or not all(n in names for other in others for n in other):
                continue
            scales_of_it = [sympy.Add(*(names[n] for n in other)) for other in others]
            if not all(x.is_positive for x in scales_of_it):
                continue
            by_square, power = name.endswith("²"), next(iter(powers.values()))
            if not (old.is_positive or power == 1 or (power > 0 and (by_square or old.is_nonnegative))):
                raise ValueError(f"{name} is not every {first[0]} to the power {power}")
            signs = {s: True for s in ("positive", "nonnegative") if getattr(old, f"is_{s}")}
            new = sympy.Symbol(first[0], real=True, **({"nonnegative": True} if by_square else signs))
            value = sympy.Mul(*(x**p for x, p in zip((new, *scales_of_it), powers.values(), strict=True)))
            if not by_square:
                made, *known = (_put(k, ((old, value),)) for k in (made, *known))
                continue
            even = [_even(part, old, value) for part in (made, *known)]
            if even[0] is not None:
                made, known = even[0], [k for k in even[1:] if k is not None]
    made, *known = map(_with_lowest_exponents, (made, *known))
    return made, known


@lru_cache(maxsize=4096)
def _with_lowest_exponents(said: Any) -> Any:
    return said.replace(sympy.exp, lambda x: sympy.exp(sympy.cancel(x)))


def _by_logarithms(said: Any) -> Any:
    """A comparison of two products of powers as one of their logarithms, where both are positive."""
    powers = [p for p in said.atoms(sympy.Pow) if p.exp.free_symbols] + [
        e for e in said.atoms(sympy.exp) if e.has(sympy.log)
    ]
    if not isinstance(said, sympy.Ge) or not powers:
        return said
    terms = sympy.Add.make_args(said.lhs - said.rhs)
    over = [x for x in terms if x.is_positive]
    under = [-x for x in terms if x.is_negative]
    if len(terms) != 2 or len(over) != 1 or len(under) != 1:
        return said
    one, two = (sympy.expand_log(sympy.log(x), force=True) for x in (over[0], under[0]))
    return one - two >= 0


@lru_cache(maxsize=4096)  # what is known is the same in every inequality of a claim
def _even(said: Any, x: Any, square: Any) -> Any:
    """The relation with the square of x put in; None where x stands otherwise."""
    if not said.has(x):
        return said
    if isinstance(said, (sympy.And, sympy.Or)):
        parts = [_even(part, x, square) for part in said.args]
        return None if any(part is None for part in parts) else said.func(*parts)
    if not isinstance(said, sympy.core.relational.Relational):
        return None
    over, under = sympy.fraction(sympy.together(said.lhs - said.rhs))
    parts = []
    for part in (over, under):
        terms = sympy.Poly(part, x).as_dict() if part.is_polynomial(x) else {(1,): 1}
        if any(n % 2 for (n,) in terms):
            return None
        parts.append(sympy.Add(*(c * square ** (n // 2) for (n,), c in terms.items())))
    return said.func(parts[0] / parts[1], 0)


@lru_cache(maxsize=4096)
def without_positive_factors(said: Any, *, wanted: bool = False) -> Any:
    """The relation over one denominator, without positive factors; where it is wanted that something is not negative,
    without factors that are not negative either.
    """
    if isinstance(said, (sympy.And, sympy.Or)):
        return said.func(*map(without_positive_factors, said.args))
    if not isinstance(said, sympy.core.relational.Relational) or said.has(sympy.log, sympy.exp, Distance):
        return said
    gap = _with_roots_out(said.lhs - said.rhs)
    fractions = Fractions(gap)
    if fractions.of(gap)[1].is_zero():  # it has no value anywhere
        return said
    (number, _), *factors = fractions.factors()
    kept = [sympy.sign(number)]
    for factor, power in factors:
        square = power % 2 == 0 and factor.is_real
        harmless = wanted and power > 0 and (square or positive_by_terms(factor))
        if not (harmless or positive_by_terms(factor, strictly=True)):
            kept.append(factor**power)
    return signed(said.func, sympy.Mul(*kept))


def _with_roots_out(gap: Any) -> Any:
    """In factors, where it holds roots: one leaves it with its square."""
    roots = any(p.exp.is_Rational and not p.exp.is_Integer for p in gap.atoms(sympy.Pow))
    return sympy.factor(gap) if roots else gap


def _stated(name: str, hypotheses: Sequence[Any], said: Any) -> Obligation:
    given, shows, signs = _plain(hypotheses, said)
    if shows == sympy.true and isinstance(said, sympy.core.relational.Relational):
        plain = _plain_symbols((said, *hypotheses))  # as it stands, though SymPy sees that it is true
        shows = said.func(*(side.xreplace(plain) for side in said.args), evaluate=False)
    return Obligation(name, tuple(g for g in (*given, *signs) if g != sympy.true), shows)


def equations(
    name: str,
    residuals: Sequence[Any],
    hypotheses: Sequence[Any] = (),
) -> list[Part]:
    """All residuals reduced to zero, in one part. Absolute values are resolved by signs, which are parts after it."""
    started = time.monotonic()
    signs: list[Part] = []
    left: list[str] = []
    for residual in residuals:
        plain, used = _without_distances(residual, hypotheses, name)
        signs += used
        if plain is None or not (is_zero(plain) or _by_choice(plain, hypotheses, signs)):
            left.append(as_text(residual)[:200])
    signs = list({p.statement: p for p in signs}.values())
    texts = dict.fromkeys(as_text(r) for r in residuals if r != 0)
    same = sum(r == 0 for r in residuals)
    said = [f"{text} = 0" for text in texts]
    if same:
        said.append(
            f"{same} equation{'s' if same > 1 else ''} whose sides are one expression, once written in symbols"
        )
    detail = f"left: {left[0]}" if left else "expanded numerators are zero" if texts else ""
    if signs and not left:
        detail += ", with the sign" + ("s" if len(signs) > 1 else "") + " shown next"
    status = Status.open if left else Status.proved
    spent = time.monotonic() - started
    return [Part(name, "\n".join(said), "SymPy", status, detail, spent), *signs]


def _by_choice(residual: Any, hypotheses: Sequence[Any], parts: list[Part]) -> bool:
    """Whether a residual that speaks of a least or greatest value is zero by what is known of that value."""
    if not any(x.name.startswith(("min_", "max_")) for x in residual.free_symbols):
        return False
    found = inequality("a least or greatest value", sympy.Eq(residual, 0), hypotheses)
    parts += found
    return combined((_ALGEBRA, *found)) is Status.proved


_ALGEBRA = Part("", "", "", Status.proved)


def _without_distances(expression: Any, hypotheses: Sequence[Any], name: str) -> tuple[Any, list[Part]]:
    """The expression without absolute values, and the signs that this took; None where a sign is not known."""
    used: list[Part] = []
    expression = sympy.sympify(expression)
    while distances := expression.atoms(Distance):
        distance = min(distances, key=sympy.count_ops)
        (inner,) = distance.args
        for sign in (1, -1):
            parts = inequality(f"{name}: a sign", signed(sympy.Ge, sign * inner), hypotheses)
            if combined((_ALGEBRA, *parts)) is Status.proved:
                expression = expression.xreplace({distance: sign * inner})
                used += parts
                break
        else:
            return None, [*used, *parts]
    return expression, used


_DECIDED = "0 >= 0, or true by the signs of the symbols"
_BY_TERMS = "cleared of denominators it has no negative coefficient, in symbols that are not negative"


def inequality(name: str, said: Any, hypotheses: Sequence[Any]) -> list[Part]:
    """A statement from the two solvers, every case of an absolute value by itself."""
    if said == sympy.true:
        return [Part(name, _DECIDED, "SymPy", Status.proved)]
    if said == sympy.false:
        told = "what would suffice is false, by the signs of its symbols: that says nothing about the claim"
        return [Part(name, "a sum is at least 0 where each of its terms is", "SymPy", Status.open, told)]
    # an absolute value of something else would double the cases for nothing
    hypotheses = [h for h in hypotheses if not h.has(Distance) or symbols_of(h) <= symbols_of(said)]
    distances = sorted(set().union(*(h.atoms(Distance) for h in (said, *hypotheses))), key=sympy.count_ops)
    if distances:
        (inner,) = distances[0].args
        made: list[Part] = []
        for sign in (1, -1):
            case = signed(sympy.Ge, sign * inner)
            if case == sympy.false:
                continue
            resolved = {distances[0]: sign * inner}
            further = [h for x in (*hypotheses, case) if (h := put(x, resolved)) != sympy.true]
            made += inequality(name, put(said, resolved), further)
            if combined(tuple(made)) is not Status.proved:
                break
        return made
    strictly = isinstance(said, sympy.Gt)
    if (strictly or isinstance(said, sympy.Ge)) and positive_by_terms(said.lhs - said.rhs, strictly=strictly):
        return [
            Part(
                name, as_text(said), "SymPy", Status.proved, _BY_TERMS,
            )
        ]  # fmt: skip
    given, shows, signs = _plain(hypotheses, said)
    return list(discharge_all(Obligation(name, (*given, *signs), shows))[1])


def _plain(hypotheses: Sequence[Any], said: Any) -> tuple[list[Any], Any, list[Any]]:
    """Symbols without assumptions, which are told as hypotheses instead, under names that identities can be written in."""
    plain = _plain_symbols((said, *hypotheses))
    signs: list[Any] = []
    for x, y in plain.items():
        if x.is_positive:
            signs.append(y > 0)
        elif x.is_nonnegative:
            signs.append(y >= 0)
    return [_renamed(h, plain) for h in hypotheses], _renamed(said, plain), signs


def _renamed(said: Any, names: Mapping[Any, Any]) -> Any:
    return _put(said, tuple((x, names[x]) for x in sorted(symbols_of(said), key=as_text)))


@lru_cache(maxsize=4096)
def _put(said: Any, values: tuple[tuple[Any, Any], ...]) -> Any:
    return put(said, dict(values))


def _plain_symbols(statements: Iterable[Any]) -> dict[Any, Any]:
    """For each symbol another without assumptions, whose name has no signs in it."""
    every = sorted(frozenset().union(*map(symbols_of, statements)), key=as_text)
    names: dict[Any, str] = {}
    for x in every:
        # an entry A[:m,:n](i,j) is A_i_j, a value a[i] is a_i
        name = re.sub(r"\W+", "_", re.sub(r"\[:[^]]*\]", "", x.name)).strip("_")
        while name in names.values():
            name += "_"
        names[x] = name
    return {x: sympy.Symbol(name, real=True) for x, name in names.items()}


def run(
    claim: Claim, case: Case, *, ranges: bool = False, conclusion: Callable[..., Any] | None = None
) -> tuple[Part, ...]:
    """What the conclusion of a claim says in a case, shown part by part.

    ``conclusion`` takes the place of the claim's own where that computes what is known from elsewhere.
    """
    label = case.name or "the claim's own conclusion"
    try:
        hypotheses = assumed(claim, case, ranges=ranges)
    except _NO_FORM as error:
        return (Part(label, "the assumptions on symbols", "SymPy", Status.open, f"{error}"),)
    wanted = inspect.signature(claim.conclusion).parameters
    arguments = {n: v for n, v in {**case.values, **claim.constants}.items() if n in wanted}
    return show(label, case, _as_meant(claim, arguments, conclusion or claim.conclusion), hypotheses)


def _as_meant(
    claim: Claim, arguments: Mapping[str, Any], conclusion: Callable[..., Any]
) -> Callable[[], Any]:
    """The conclusion, with the numbers of the statement as they are written: what was computed in floats is none."""

    def said() -> Any:
        with watched(claim.literals):
            return conclusion(**arguments)

    return said


def show(
    name: str,
    case: Case,
    conclusion: Callable[[], Any],
    hypotheses: Sequence[Any] | Callable[[], Sequence[Any]] = (),
    *,
    valued: bool = False,
) -> tuple[Part, ...]:
    """What a conclusion on the symbols of a case says, shown part by part: with ``valued`` also that it has a value."""
    with knowing() as facts, asking() as asked:
        try:
            hypotheses = hypotheses() if callable(hypotheses) else hypotheses
            said = statements(_one(conclusion()))
        except _NO_FORM as error:
            return (Part(name, "the conclusion on symbols", "SymPy", Status.open, f"{error}"),)
    known = [k for k in (*hypotheses, *case.known, *facts) if k != sympy.true]
    try:
        with asking() as later:  # what a table holds is computed when it is shown
            found = shown(name, said, known, case.scales)
        if valued and combined(tuple(found)).shown:
            plain = [k for k in known if not k.has(Everywhere)]
            # what a domain says of the entries of its vector holds wherever one of them stands
            margins = (k.margin for k in case.known if isinstance(k, Everywhere))
            plain += [statement(m.pieces[0].entry) for m in margins if isinstance(m, Vector) and m.simple]
            found += [p for a in {**asked, **later} for p in _has_value(f"{name}: {a.lhs}", a, plain)]
        return shown_on(case.region, found)
    except _NO_FORM as error:
        return (Part(name, "the conclusion on words", "SymPy", Status.open, f"{error}"),)


def _has_value(name: str, asked: Any, hypotheses: Sequence[Any]) -> list[Part]:
    """That something divides and is not 0, or that a root or a logarithm is defined, by signs or from what is known of numbers."""
    x, strictly = asked.lhs, not isinstance(asked, sympy.Ge)
    if positive_by_terms(x, strictly=strictly) or (
        isinstance(asked, sympy.Ne) and positive_by_terms(-x, strictly=True)
    ):
        return []
    label = (
        f"{name} divides, and is not 0"
        if isinstance(asked, sympy.Ne)
        else f"{name} is in a logarithm or a root"
    )
    return inequality(label, sympy.Or(x > 0, x < 0) if isinstance(asked, sympy.Ne) else asked, hypotheses)


def _one(margin: Any) -> Any:
    if isinstance(margin, (list, tuple)) and any(isinstance(m, Structured) for m in margin):
        return forall(*margin)
    return margin if isinstance(margin, Structured) else np.asarray(margin, dtype=object)


def by_symbols(
    claim: Claim,
    choices: Sequence[Mapping[str, Any]] = ({},),
    *,
    argument: str = "",
    ranges: bool = False,
    rests_on: tuple[str, ...] = (),
    facts: Mapping[str, str] | None = None,
    others: Callable[[], Sequence[Part]] = tuple,
) -> Proof:
    """A proof by the claim's own conclusion, run on symbols for every choice of shapes.

    Args:
        claim: its conclusion must be arithmetic.
        choices: shapes and whole numbers, as :func:`cases` takes them; one run for each.
        argument: what joins the parts.
        ranges: whether the ranges of the parameters may be used, beyond their signs.
        rests_on, facts: other claims and named facts that are used.
        others: further parts.
    """
    made: list[Part] = []
    put = any(substituted(v) for choice in choices for v in choice.values())
    try:
        for case in cases(claim, choices):
            made += run(claim, case, ranges=ranges)
            if put:  # what is stated is about what was put in the place of parameters
                made = [replace(p, stated=None) for p in made]
            if not combined(tuple(made)).shown:
                break  # one that is open settles it; what is left would only take time
        else:
            made += [*(_nothing_left_out(claim, choices) if put else ()), *others()]
    except ValueError as error:
        made.append(Part("the parameters as symbols", "", "SymPy", Status.open, f"{error}"))
    return claimed(claim.id, argument, made, rests_on=rests_on, facts=facts)


def by_words(
    claim: Claim,
    choices: Sequence[Mapping[str, Any]] = ({},),
    *,
    argument: str = "",
    scales: Mapping[str, Mapping[str, int]] | None = None,
    ranges: bool = False,
    rests_on: tuple[str, ...] = (),
    facts: Mapping[str, str] | None = None,
    valued: bool = False,
) -> Proof:
    """A proof for every shape, by the claim's own conclusion run on words in matrices.

    Of what the claim assumes its domains are used, as far as they give a number its sign, and what words in matrices can
    say of the rest.

    Args:
        claim: its conclusion must consist of equations, and of inequalities between vectors or sums.
        choices: whole numbers that its code must know, as :func:`cases` takes them; none for most claims.
        scales: other names for what the solvers are asked about, each a new name with powers of old ones:
            ``{"problem.sigma[i]": {"s[i]": 1, "eta": -1}}``; ``"any a[i]²"`` names the square of one.
        argument, ranges, rests_on, facts: as for :func:`by_symbols`.
        valued: whether to show too that what the conclusion computes has a value; else that is left to what is tested.
    """
    made: list[Part] = []
    for choice in choices:
        try:
            case, conclusion = _any_shape(claim, choice, ranges=ranges)
            case.scales = scales or {}
        except _NO_FORM as error:
            made.append(Part("the parameters as words", "", "SymPy", Status.open, f"{error}"))
            break
        label = case.name or "the claim's own conclusion, for every shape"
        made += show(label, case, conclusion, partial(_said_of_words, claim, case, ranges), valued=valued)
        if not combined(tuple(made)).shown:
            break
    made_of = claimed(claim.id, argument or WORDS, made, rests_on=rests_on, facts=facts)
    if claim.scalar or rests_on:  # another claim may be about its domains only
        return made_of
    return replace(
        made_of, beyond="every shape" if ranges else "every shape, by the signs of the parameters alone"
    )


def _said_of_words(claim: Claim, case: Case, ranges: bool) -> list[Any]:
    """What the claim assumes, as far as words in matrices can say it; the rest is not used."""
    found: list[Any] = ranges_of(claim, case) if ranges else []
    for name, assumption in claim.given.items():
        try:
            found += assumed(replace(claim, given={name: assumption}), case)
        except _NO_FORM:
            continue
    return found


def runs_on_words(claim: Claim) -> bool:
    """Whether the conclusion of a claim is one that words in matrices can run, and cannot tell from numbers."""
    if asks_for_kinds(claim.conclusion, claim.constants):
        return False
    try:
        _, conclusion = _any_shape(claim, {}, ranges=False)
        with knowing():
            statement(_one(conclusion()))
    except (Exception, SystemExit):  # whatever a user's code makes of matrices without a size
        return False
    return True


def _any_shape(claim: Claim, choice: Mapping[str, Any], *, ranges: bool) -> tuple[Case, Callable[[], Any]]:
    if claim.arithmetic != "real":
        raise ValueError(f"{claim.id} is about {claim.arithmetic}, and words in matrices about real numbers")
    case = case_of(claim, choice, AnyShape, ranges=ranges)
    wanted = inspect.signature(claim.conclusion).parameters
    arguments = {n: v for n, v in {**case.values, **claim.constants}.items() if n in wanted}
    return case, _as_meant(claim, arguments, claim.conclusion)


WORDS = """The conclusion is run on words in matrices, whose sizes are names: products and transposes of letters, of which
    nothing is used but that U U^T = 1 where the domain says so, and rectangular diagonals, known by their entry at one index
    that may be any. Of an equation the coefficient of every word vanishes; a sum is at least 0 where each of its terms is."""


def claimed(
    id: str,
    argument: str,
    parts: Sequence[Part],
    *,
    rests_on: tuple[str, ...] = (),
    facts: Mapping[str, str] | None = None,
) -> Proof:
    """A proof put together from parts that the claim's own conclusion asked for, with the named facts it uses."""
    used = facts or {}
    together = (*parts, *(fact(name, use) for name, use in used.items()))
    return Proof(id, inspect.cleandoc(argument), together, rests_on, tuple(used))
