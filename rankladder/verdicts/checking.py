"""The verdict on a claim: what a search for counterexamples finds, and what is proved."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache, partial

from rankladder.language.catalogue import proven_in
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Result, Verdict
from rankladder.search.check import check_claim

__all__ = ["verdict_on"]

# How hard a claim is tested that is proved for all that it speaks of, from its own statement. What is left to a test is
# whether the simulator does what the statement says.
_PROVED = {"quick": "link", "default": "link", "deep": "default"}


def verdict_on(
    claim: Claim,
    *,
    profile: str = "default",
    examples: int | None = None,
    seed: int = 0,
    budget: float | None = None,
) -> Result:
    """The verdict on a claim with all its evidence: it is tested, and proved where that can be done.

    Every route to a verdict ends here: Python, the command line, pytest, the report, notebooks. What is proved is tested
    less hard, unless ``examples`` says how often.

    Args:
        claim: what to check.
        profile, examples, seed, budget: as for :func:`rankladder.search.check.check_claim`.

    >>> from rankladder import lemma, symbols
    >>> x = symbols("x")
    >>> str(verdict_on(lemma("doc-verdict", x**2 + 1 >= 2 * x), profile="quick").verdict)
    'proved'
    """
    if claim.scalar and claim.relation is None and claim.induction is None and proven_in(claim) is None:
        # nothing is known by which it could be proved: what proves is not even loaded
        return check_claim(claim, profile=profile, examples=examples, seed=seed, budget=budget)
    from rankladder.proof.proof import provable
    from rankladder.verdicts.evidence import sought, with_proof

    started = time.monotonic()
    proof = cache(partial(sought, claim))  # asked for at most once
    lighter = _PROVED[profile] if profile in _PROVED and examples is None else profile
    if lighter != profile and claim.expects is not Expectation.refuted and provable(claim):
        tested = check_claim(claim, profile=lighter, seed=seed, budget=budget)
        if tested.complete and tested.counterexample is None:
            found = with_proof(tested, claim, proof)
            if found.verdict is Verdict.proved:
                return found
    left = None if budget is None else max(0.0, budget - (time.monotonic() - started))
    tested = check_claim(claim, profile=profile, examples=examples, seed=seed, budget=left)
    return replace(with_proof(tested, claim, proof), seconds=time.monotonic() - started)
