"""Twins: false neighbours of a claim, which the same check must refute.

A claim whose twins pass says less than it seems to: its check would not have noticed the mistake either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rankladder.domains.arguments import sizes_of_parameters
from rankladder.language.assumptions import Relation, assumption_from, with_exact_numbers
from rankladder.language.statement import Claim, margin_of, stated_at
from rankladder.language.verdict import Expectation

__all__ = ["twin"]


def twin(
    parent: Claim,
    slug: str,
    change: str,
    *,
    constants: Mapping[str, Any] | None = None,
    over: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
    drop: str | None = None,
    relation: Any = None,
    start: Mapping[Any, Any] | None = None,
    step: Mapping[Any, Any] | None = None,
    while_: Any = None,
    conclusion: Callable[..., Any] | None = None,
) -> Claim:
    """State a false neighbour of a claim: the claim with one part changed.

    Args:
        parent: the claim.
        slug: its name, without spaces; the id is ``PARENT~slug``.
        change: what was changed, in a line of words.
        constants: new values of constants of the claim.
        over: new domains of parameters, by name.
        given: what assumptions say instead, by name; None leaves one out.
        drop: an assumption to break while the others are kept, as ``explore --drop`` does.
        relation: another relation, for a lemma or a claim about every step.
        start, step: another start or step of state symbols, for a claim about every step.
        while_: another relation that all states before must satisfy.
        conclusion: another conclusion altogether; a constant says better what was changed.

    Returns:
        The twin: a claim that is expected to be refuted. It is kept in ``parent.twins``.

    Raises:
        ValueError: when nothing is changed, a part is named that the claim does not have, or the slug is taken.

    >>> from rankladder import Real, claim
    >>> @claim("doc-twin", over=dict(x=Real(0, 1)), constants={"most": 1})
    ... def parent(x, most):
    ...     return most - x * x
    >>> parent.twin("a-tenth-less", "at most 0.9", constants={"most": 0.9})
    Claim('doc-twin~a-tenth-less')
    """
    name = f"{parent.id}~{slug}"
    parts = {"constants": constants, "over": over, "given": given, "drop": drop, "relation": relation,
             "start": start, "step": step, "while_": while_, "conclusion": conclusion}  # fmt: skip
    if all(part is None for part in parts.values()):
        raise ValueError(f"Expected a change but twin {name} has none; pass constants=, given= or drop=")
    if not slug or any(c.isspace() for c in slug):
        raise ValueError(
            f"Expected a slug without spaces but twin {name!r} got {slug!r}; write 'a-tenth-less'"
        )
    induction = parent.induction
    has = {
        "constants": parent.constants,
        "over": parent.over,
        "given": parent.given,
        "start": {} if induction is None else induction.start,
        "step": {} if induction is None else induction.step,
    }
    for word, known in has.items():
        wrong = next((n for n in parts[word] or {} if n not in known), None)
        if wrong is not None:
            names = ", ".join(map(str, known)) or "none"
            raise ValueError(
                f"Expected {word}= of twin {name} to name what {parent.id} has ({names}) but got {str(wrong)!r}"
            )
    if relation is not None and parent.relation is None and induction is None:
        raise ValueError(
            f"Expected a constant or a conclusion but twin {name} got a relation; {parent.id} has none"
        )

    location, _ = stated_at()
    old = parent.twins.get(slug)
    if old is not None and old.location != location:
        raise ValueError(
            f"Expected a new twin but {name} exists, stated at {old.location}; choose another slug"
        )

    made = parent if drop is None else parent.without(drop)
    sizes_of_parameters(name, {**made.over, **(over or {})})
    new_given = {**made.given, **{n: assumption_from(v) for n, v in (given or {}).items() if v is not None}}
    for gone in (n for n, v in (given or {}).items() if v is None):
        del new_given[gone]
    made = replace(
        made, id=name, title=change, gloss="", expects=Expectation.refuted, location=location, twins={},
        over={**made.over, **(over or {})}, given=new_given, constants={**made.constants, **(constants or {})},
    )  # fmt: skip
    if conclusion is not None:
        made = replace(made, conclusion=conclusion, relation=None, induction=None, constants={})
    elif induction is not None:
        from rankladder.language.sequences import margin_along

        changed = replace(
            induction,
            start={**induction.start, **with_exact_parts(start)},
            step={**induction.step, **with_exact_parts(step)},
            holds=induction.holds if relation is None else with_exact_numbers(relation),
            while_=induction.while_ if while_ is None else with_exact_numbers(while_),
            given={n: a.relation for n, a in new_given.items() if isinstance(a, Relation)},
            # of a state that starts or moves otherwise the twin is about the recursion that it states
            orbit={
                x: run for x, run in induction.orbit.items() if x not in {**(start or {}), **(step or {})}
            },
        )
        made = replace(made, induction=changed, conclusion=margin_along(changed))
    elif relation is not None:
        whole = Relation(relation)
        made = replace(made, relation=whole.relation, conclusion=margin_of(whole))
    parent.twins[slug] = made
    return made


def with_exact_parts(parts: Mapping[Any, Any] | None) -> dict[Any, Any]:
    """The expressions with the rationals that their floats are."""
    return {symbol: with_exact_numbers(part) for symbol, part in (parts or {}).items()}
