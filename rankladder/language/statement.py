"""Claims: one object in one place.

A claim names what it quantifies over, what it assumes, and a conclusion that returns a signed margin.
Everything else (the check, the search for counterexamples, the list, the tests) follows from it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from rankladder.domains.arguments import sizes_of_parameters
from rankladder.domains.domain import Domain
from rankladder.domains.scalars import Int, Real
from rankladder.language.assumptions import Assumption, Otherwise, Relation, assumption_from, words_of
from rankladder.language.catalogue import Catalogue, home_of
from rankladder.language.margins import strictly
from rankladder.language.symbols import agrees, natural_domain
from rankladder.language.verdict import Expectation
from rankladder.numbers.departures import numbers_of
from rankladder.numbers.scopes import scoped

if TYPE_CHECKING:
    from rankladder.language.rounded import Blurred

__all__ = ["Claim", "claim", "lemma", "registered", "symbols"]

Arithmetic = Literal["real", "float64"]


@dataclass(frozen=True, repr=False)
class Claim:
    """A statement to check.

    ``over`` maps each parameter to its domain, in the order of drawing; ``given`` maps the name of each
    assumption to what it says. ``conclusion`` is called with the parameters by name and returns signed
    margins (every entry at least 0 where the claim holds). ``arithmetic`` says which numbers the claim is
    about: real ones, or ``"float64"``, where what floats do is the matter and refutes it. ``constants`` are
    handed to the conclusion beside the parameters: numbers or functions that a twin may change. ``gloss`` is the formula
    that its author wrote beside a function. ``twins`` are the false neighbours that the same check must refute, by slug. ``module`` is the module that states it, which tells
    the catalogue it belongs to.

    >>> from rankladder import load_catalogue
    >>> claim = load_catalogue()["GD-4.upper"]
    >>> claim.title
    'one mode: the logistic curve of rate -log(1-2s) bounds the orbit from above'
    >>> list(claim.given), str(claim.expects)
    (['small-step', 'small-start'], 'holds')
    """

    id: str
    title: str
    gloss: str
    source: str
    over: Mapping[str, Domain]
    given: Mapping[str, Assumption]
    conclusion: Callable[..., Any]
    expects: Expectation = Expectation.holds
    location: str = ""
    dropped: str | None = None
    arithmetic: Arithmetic = "real"
    relation: Any = field(default=None, compare=False)
    induction: Any = field(default=None, compare=False)
    constants: Mapping[str, Any] = field(default_factory=dict, compare=False)
    twins: dict[str, Claim] = field(default_factory=dict, compare=False)
    module: str = ""

    def __repr__(self) -> str:
        """The id alone: the parts are functions and expressions, and its place is that of one machine."""
        return f"Claim({self.id!r})"

    @property
    def family(self) -> str:
        """The part of the id before its number."""
        return self.id.split("-")[0]

    @cached_property
    def file(self) -> str:
        """The file that states it."""
        return str(Path(self.location.rsplit(":", 1)[0]).resolve())

    @cached_property
    def statement(self) -> str:
        """Its formula in LaTeX: made from the relation that is checked where there is one, else the gloss."""
        from rankladder.language.typesetting import typeset_orbit, typeset_relation

        if self.induction is not None:
            return typeset_orbit(self.induction, self.over)
        if self.relation is not None:
            return typeset_relation(self.relation, [r.relation for r in self.relations], self.over)
        return self.gloss

    @property
    def is_formula(self) -> bool:
        """Whether its statement is made from the relation that is checked; otherwise it is a gloss beside a function."""
        return self.relation is not None or self.induction is not None

    @property
    def statement_word(self) -> str:
        """What its statement is called where one reads it: ``statement``, or ``gloss`` where a function is checked."""
        return "statement" if self.is_formula else "gloss"

    @property
    def scalar(self) -> bool:
        """Whether every parameter is a number, so that float64 batches can scout it."""
        return len(self.numbers) == len(self.over)

    @cached_property
    def reals(self) -> Mapping[str, Real]:
        """The domains of the parameters that are real numbers."""
        return {n: d for n, d in self.over.items() if d.number == "real"}  # type: ignore[misc]

    @cached_property
    def integers(self) -> Mapping[str, Int]:
        """The domains of the parameters that are integers."""
        return {n: d for n, d in self.over.items() if d.number == "integer"}  # type: ignore[misc]

    @cached_property
    def numbers(self) -> Mapping[str, Real | Int]:
        """The domains of the parameters that are single numbers, in the order of ``over``."""
        return {n: d for n, d in self.over.items() if d.number}  # type: ignore[misc]

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Its assumptions that are relations."""
        return tuple(a for a in self.given.values() if isinstance(a, Relation))

    @cached_property
    def constraints(self) -> Mapping[str, tuple[Relation, ...]]:
        """The relations that speak of each parameter."""
        return {name: tuple(r for r in self.relations if name in r.names) for name in self.over}

    @cached_property
    def ranges(self) -> Mapping[str, tuple[Fraction, Fraction]]:
        """The ends between which parameters are drawn, of those that have two."""
        bounds = {n: d.drawn for n, d in self.numbers.items()}
        return {
            n: (b.lower, b.upper) for n, b in bounds.items() if b.lower is not None and b.upper is not None
        }

    @cached_property
    def cancelled(self) -> Claim | None:
        """The same inequality with each margin as a quotient, of which equal terms cancel as symbols; None where nothing does.

        It tells margins from 0 that no precision does: ``1/(1 + exp(-x)) - 1`` is ``-1/(exp(x) + 1)``.
        """
        if self.relation is None or self.induction is not None or self.rational:
            return None
        gaps = _gaps(self.relation)
        made = [(_cancelled(gap), kind) for gap, kind in gaps]
        return None if made == gaps else replace(self, conclusion=_margin_of(made))

    @cached_property
    def rational(self) -> bool:
        """Whether the claim is a relation between rational functions, decided in exact arithmetic."""
        if self.relation is None:
            return False
        import sympy

        powers = self.relation.atoms(sympy.Pow)
        return (
            all(a.is_rational_function() for a in (self.relation.lhs, self.relation.rhs))
            and all(p.exp.is_Integer for p in powers)
            and not self.relation.atoms(sympy.Float, sympy.NumberSymbol, sympy.Function)
            if isinstance(self.relation, sympy.core.relational.Relational)
            else False
        )

    @cached_property
    def literals(self) -> frozenset[float]:
        """The sizes of the numbers that its code and its constants give: what is computed of them in floats is rounded."""
        return numbers_of(self.conclusion, self.constants)

    @cached_property
    def blurred(self) -> tuple[Blurred, ...]:
        """Its relations that have numbers which were computed in floats, with these as arguments."""
        from rankladder.language.rounded import blurred_relations

        return blurred_relations(self)

    def without(self, assumption: str) -> Claim:
        """The claim with one assumption broken and the others kept.

        Raises:
            KeyError: for a name that is not among the assumptions (the message lists them).
        """
        if assumption not in self.given:
            known = ", ".join(self.given) or "none"
            raise KeyError(f"Expected an assumption of {self.id} ({known}) but got {assumption!r}")
        broken = self.given[assumption]
        over, given = dict(self.over), dict(self.given)
        if isinstance(broken, Otherwise):
            over[broken.parameter] = broken.domain
            del given[assumption]
        else:
            given[assumption] = broken.complement()
        return replace(self, over=over, given=given, dropped=assumption)

    def conclude(self, values: Mapping[str, Any]) -> Any:
        """The margins of the conclusion at these values of its parameters, with its constants."""
        return self.conclusion(**values, **self.constants)

    def twin(self, slug: str, change: str, **parts: Any) -> Claim:
        """State a false neighbour, which the same check must refute.

        Args:
            slug: its name: the twin's id is ``ID~slug``.
            change: what is changed, in words.
            parts: what takes the place of the claim's own: ``constants``, ``over``, ``given``, ``drop`` (an assumption to
                break), ``relation``, ``start``, ``step``, ``while_`` or ``conclusion``, as :func:`rankladder.claim` and :func:`rankladder.always`
                have them.

        Raises:
            ValueError: when nothing is changed, a part is named that the claim does not have, or the slug is taken.

        >>> from rankladder import Real, claim
        >>> @claim("doc-parent", over=dict(x=Real(0, 1)), constants={"most": 1})
        ... def parent(x, most):
        ...     return most - x * x
        >>> parent.twin("a-tenth-less", "at most 0.9", constants={"most": 0.9}).id
        'doc-parent~a-tenth-less'
        """
        from rankladder.language.twins import twin

        return twin(self, slug, change, **parts)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.statement}$" if self.statement else self.title

    def _repr_html_(self) -> str:
        from rankladder.language.snippets import lines, symbol, table, text, typeset

        rows = [
            (self.statement_word, typeset(self.statement) if self.statement else ""),
            ("for all", lines(f"{typeset(symbol(n))} in {text(d)}" for n, d in self.over.items())),
            ("assumes", lines(f"<b>{text(n)}</b>: {text(words_of(a))}" for n, a in self.given.items())),
            ("source", text(self.source)),
            ("expected", text(self.expects)),
        ]
        title = "" if self.title == self.id else f" {text(self.title)}"
        return f"<div><b>{text(self.id)}</b>{title}{table(rows)}</div>"


_stated: dict[str, dict[str, Claim]] = {}  # by the name of the catalogue; a user's own under ""
_unique: ContextVar[bool] = ContextVar("unique", default=False)


def registered(home: Catalogue | None = None) -> dict[str, Claim]:
    """The claims stated so far in this process, by id: those of a catalogue, or a user's own."""
    return _stated.setdefault("" if home is None else home.name, {})


def all_stated() -> dict[str, Claim]:
    """The claims stated so far in this process, of every catalogue; a user's own come before others of the same id."""
    shelves = [shelf for name, shelf in _stated.items() if name]
    return {id: c for shelf in [*shelves, registered()] for id, c in shelf.items()}


def unique_ids() -> AbstractContextManager[bool]:
    """Scope in which an id may be stated once only: while a claim file loads. Elsewhere the newer statement
    replaces the older, as someone who edits a notebook cell expects.
    """
    return scoped(_unique, True)


def _register(made: Claim) -> Claim:
    # a user may restate a claim of a catalogue under its own id, so they are kept apart
    home = home_of(made.module)
    shelf = registered(home)
    old = shelf.get(made.id)
    if old is not None and old.location != made.location and (_unique.get() or home is not None):
        raise ValueError(
            f"Expected a new claim id but got {made.id!r}, already stated at {old.location}; choose another id"
        )
    shelf[made.id] = made
    return made


def make_claim(
    id: str,
    conclusion: Callable[..., Any],
    *,
    over: Mapping[str, Any],
    given: Mapping[str, Any] | None,
    title: str,
    source: str,
    expects: str,
    location: str,
    module: str,
    gloss: str = "",
    arithmetic: Arithmetic = "real",
    relation: Any = None,
    induction: Any = None,
    constants: Mapping[str, Any] | None = None,
) -> Claim:
    """Check the parts of a claim against each other, and register it: what the ways of stating one share.

    Raises:
        ValueError, TypeError: when parts do not fit together.
    """
    if not id or not isinstance(id, str) or any(c.isspace() for c in id):
        raise ValueError(f"Expected a claim id without spaces but got {id!r}; write something like 'my-rate'")
    if expects not in tuple(Expectation):
        raise ValueError(f"Expected expects= holds, refuted or open but got {expects!r}")
    if arithmetic not in get_args(Arithmetic):
        raise ValueError(
            f"Expected arithmetic= real or float64 but claim {id} got {arithmetic!r}; leave it out unless the claim "
            "is about what float64 does"
        )
    constants = constants or {}
    for word, parts, example in (
        ("over", over, "s=Real(0, 1)"),
        ("given", given or {}, "small=s < 1"),
        ("constants", constants, "rate=2"),
    ):
        if not isinstance(parts, Mapping):
            raise TypeError(
                f"Expected {word}= to name its parts but claim {id} got {parts!r}; write {word}=dict({example})"
            )
    written = [relation, *(given or {}).values()]
    if induction is not None:
        written += induction.parameters
    for symbol in {x for part in written for x in getattr(part, "free_symbols", ())}:
        if str(symbol) in over:
            agrees(id, symbol, over[str(symbol)])
    if not over:
        raise ValueError(
            f"Expected at least one parameter but claim {id} got over={over!r}; say over=dict(s=Real(0, 1))"
        )
    for name, domain in over.items():
        if not isinstance(domain, Domain):
            raise TypeError(f"Expected a domain such as Real(0, 1) but claim {id} got {name}={domain!r}")
    sizes_of_parameters(id, over)
    both = next((n for n in constants if n in over), None)
    if both is not None:
        raise ValueError(f"Expected constants= beside over= but claim {id} has {both!r} in both; rename one")
    if relation is None and induction is None:
        wanted = inspect.signature(conclusion).parameters
        unknown = next((p for p in wanted if p not in over and p not in constants), None)
        if unknown is not None:
            raise TypeError(
                f"Expected conclusion parameters from over= ({', '.join(over)}) but claim {id} got {unknown!r}"
            )
        unused = next((c for c in constants if c not in wanted), None)
        if unused is not None:
            raise TypeError(
                f"Expected the conclusion of {id} to take its constant {unused!r}; add it as a parameter"
            )
    assumptions = {}
    for name, value in (given or {}).items():
        assumption = assumption_from(value)
        names = (assumption.parameter,) if isinstance(assumption, Otherwise) else assumption.names
        missing = [n for n in names if n not in over]
        if missing:
            raise ValueError(
                f"Expected assumption {name!r} of {id} to use parameters from over= ({', '.join(over)}) "
                f"but got {missing[0]!r}"
            )
        if isinstance(assumption, Otherwise):
            sizes_of_parameters(id, {**over, assumption.parameter: assumption.domain})
        assumptions[name] = assumption
    if not source and (home := home_of(module)) is not None:
        source = home.unsourced
    return _register(
        Claim(id, title or id, gloss, source, dict(over), assumptions, conclusion,
              Expectation(expects), location, arithmetic=arithmetic, relation=relation, induction=induction,
              constants=dict(constants), module=module)
    )  # fmt: skip


def stated_at() -> tuple[str, str]:
    """Where a claim is stated, as file and line, and in which module: the first frame outside the language."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("rankladder.language."):
        frame = frame.f_back
    if frame is None:
        return "", ""
    return f"{frame.f_code.co_filename}:{frame.f_lineno}", frame.f_globals.get("__name__", "")


def claim(
    id: str,
    *,
    over: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
    title: str = "",
    statement: str = "",
    source: str = "",
    expects: str = "holds",
    arithmetic: Arithmetic = "real",
    constants: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], Claim]:
    """Decorator that states a claim; the decorated function is its conclusion.

    Args:
        id: its name, ``FAMILY-number.child`` in the catalogue, anything without spaces elsewhere.
        over: parameter name to domain (:class:`Real`, :class:`Int`, a matrix domain), in drawing order.
        given: assumption name to a SymPy relation, a function returning a margin, or :class:`Otherwise`.
        title, statement, source: a line of words, the formula in LaTeX, where it comes from.
        expects: ``"holds"``, ``"refuted"`` or ``"open"``.
        arithmetic: ``"float64"`` for a claim about what float64 does, whose runs are data and can refute it.
        constants: numbers or functions, by name, that the conclusion takes beside its parameters: what a twin changes.

    Returns:
        A decorator; what it returns is the :class:`Claim`.

    Raises:
        ValueError, TypeError: when parts do not fit together; each message names value and remedy.

    >>> x = symbols("x")
    >>> @claim("doc-square", over=dict(x=Real(-2, 2)), given={"right": x >= 0})
    ... def _(x):
    ...     return x * x
    >>> _.id, list(_.given)
    ('doc-square', ['right'])
    """

    def decorate(conclusion: Callable[..., Any]) -> Claim:
        code = conclusion.__code__
        words = title or (inspect.getdoc(conclusion) or "").split("\n")[0]
        return make_claim(id, conclusion, over=over, given=given, title=words, gloss=statement, source=source,
                     expects=expects, arithmetic=arithmetic, constants=constants,
                     location=f"{code.co_filename}:{code.co_firstlineno}", module=conclusion.__module__)  # fmt: skip

    return decorate


def lemma(
    id: str,
    relation: Any,
    *,
    given: Mapping[str, Any] | None = None,
    over: Mapping[str, Any] | None = None,
    title: str = "",
    source: str = "",
    expects: str = "holds",
) -> Claim:
    """State an inequality between SymPy expressions as a claim.

    Args:
        relation: a SymPy relation (``<=``, ``<``, ``>=``, ``>`` or ``Eq``), quantified over its symbols.
        over: domains of the symbols; a symbol without one ranges over all real numbers.

    >>> x = symbols("x")
    >>> lemma("doc-amgm", x**2 + 1 >= 2 * x).over
    {'x': Real(None, None)}
    """
    whole = Relation(relation)
    known = {str(x): x for x in whole.relation.free_symbols}
    names = tuple(dict.fromkeys((*(over or {}), *whole.names)))
    location, module = stated_at()
    domains = {n: (over or {}).get(n) or (natural_domain(known[n]) if n in known else Real()) for n in names}
    return make_claim(id, margin_of(whole), over=domains, given=given, title=title, source=source,
                 expects=expects, location=location, module=module, relation=whole.relation)  # fmt: skip


def margin_of(whole: Relation) -> Callable[..., Any]:
    """The conclusion that computes how far a relation, or several joined by And, is kept."""
    return _margin_of(_gaps(whole.relation))


def _gaps(relation: Any) -> list[tuple[Any, str]]:
    """Of each relation what is to be positive, or zero, and its sign."""
    import sympy

    atoms = relation.args if isinstance(relation, sympy.And) else (relation,)
    return [(a.rhs - a.lhs if a.rel_op in ("<", "<=") else a.lhs - a.rhs, a.rel_op) for a in atoms]


_LONG, _HIGH = 100, 8  # operations, and powers: what would be multiplied out for long is left as it is


def _cancelled(gap: Any) -> Any:
    """An expression as one quotient of sums, in which equal terms cancel."""
    import sympy

    high = (p for p in gap.atoms(sympy.Pow) if p.exp.is_Number and abs(p.exp) > _HIGH)
    if sympy.count_ops(gap) > _LONG or any(high):
        return gap
    try:
        return sympy.cancel(gap)
    except (sympy.PolynomialError, NotImplementedError):
        return gap


def _margin_of(gaps: list[tuple[Any, str]]) -> Callable[..., Any]:
    from rankladder.numbers.formula import Formula

    parts = []
    for gap, kind in gaps:
        arguments = tuple(sorted(gap.free_symbols, key=str))
        parts.append((Formula(gap, arguments), tuple(map(str, arguments)), kind))

    def conclusion(**values: Any) -> Any:
        from rankladder.language.margins import equal, forall

        margins = []
        for formula, argument_names, kind in parts:
            margin = formula(*(values[n] for n in argument_names))
            if kind == "==":
                margin = equal(margin, 0)
            elif kind in ("<", ">"):
                margin = strictly(margin)
            elif kind == "!=":
                margin = strictly(abs(margin))
            margins.append(margin)
        return forall(*margins)

    return conclusion


def symbols(names: str, **assumptions: Any) -> Any:
    """Real SymPy symbols, to state assumptions with.

    >>> s, z0 = symbols("s z0")
    >>> (2 * s < 1).free_symbols == {s}
    True
    """
    import sympy

    return sympy.symbols(names, **{"real": True, **assumptions})
