"""A claim in words and plain values, for whoever prints one."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rankladder.language.assumptions import Otherwise, words_of
from rankladder.language.catalogue import catalogue_of
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Result, Verdict

__all__ = ["assumption_texts", "counted_verdicts", "describe", "explained", "source_of"]


def describe(claim: Claim) -> dict[str, Any]:
    """A claim as plain values."""
    from rankladder.proof.proof import evidence_kinds  # whoever counts verdicts needs nothing that proves

    parent, _, child = claim.id.partition(".")
    return {
        "id": claim.id,
        "parent": parent,
        "child": child or None,
        "title": claim.title,
        "family": claim.family,
        "expected": str(claim.expects),
        "evidence": list(evidence_kinds(claim)),
        "assumptions": list(claim.given),
        "parameters": {name: str(domain) for name, domain in claim.over.items()},
        "statement": claim.statement,
        "gloss": not claim.is_formula,
        "source": claim.source,
    }


def counted_verdicts(results: Sequence[Result]) -> str:
    """How many claims came to which verdict: those that should hold, the false neighbours, the open questions.

    >>> both = (Expectation.holds, Verdict.proved), (Expectation.refuted, Verdict.refuted)
    >>> counted_verdicts([Result("doc", "", expected, verdict) for expected, verdict in both])
    '1 proved, 1 refuted as expected'
    """
    proper = Counter(r.verdict for r in results if r.as_expected and r.expected is not Expectation.open)
    asked = Counter(r.verdict for r in results if r.expected is Expectation.open)
    odd = Counter(f"{r.verdict} against expectation" for r in results if r.status == "unexpected")
    silent = Counter(r.verdict for r in results if r.status == "inconclusive")
    words = [f"{n} {v}{' as expected' if v is Verdict.refuted else ''}" for v in Verdict if (n := proper[v])]
    if asked:
        number = f"{asked.total()} open question{'' if asked.total() == 1 else 's'}"
        words.append(f"{number} ({', '.join(f'{n} {v}' for v, n in asked.items())})")
    words += [f"{n} {said}" for said, n in (odd + silent).items()]
    return ", ".join(words)


def assumption_texts(claim: Claim) -> dict[str, str]:
    """What each assumption says, in a line."""
    return {name: words_of(assumption) for name, assumption in claim.given.items()}


def explained(claim: Claim) -> dict[str, str]:
    """What each assumption says, with what its name means, where the catalogue has words for that."""
    home = catalogue_of(claim)
    words = {} if home is None else home.words
    texts = assumption_texts(claim)
    for name in texts.keys() & words.keys():
        assumption = claim.given[name]
        if isinstance(assumption, Otherwise):
            texts[name] = f"{words[name]}; without it {assumption.parameter} from {assumption.domain}"
        else:
            texts[name] = f"{texts[name].rstrip('.')} ({words[name]})"
    return texts


def source_of(claim: Claim) -> str:
    """The conclusion's source text: how the claim is checked, in full."""
    if claim.relation is not None:
        return str(claim.relation)
    if claim.induction is not None:
        return str(claim.induction.text())
    try:
        text = inspect.getsource(claim.conclusion).rstrip()
    except (OSError, TypeError):
        return "(source not at hand)"
    # a lambda handed to `claim(…)` starts in the middle of a line, behind the bracket that closes it
    return text[2:-1] if text.startswith(")(") and text.endswith(")") else text
