"""Questions about a claim that search and proof answer together: check it, prove it, find where it stops holding."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rankladder.language.catalogue import COMPARISON
from rankladder.language.library import UnknownClaim, load_catalogue, select
from rankladder.language.statement import Claim, all_stated
from rankladder.language.verdict import Result

if TYPE_CHECKING:  # what searches and proves is loaded when something is asked
    from rankladder.proof.result import Proof
    from rankladder.search.threshold import Boundary
    from rankladder.verdicts.own_simulator import OwnSimulator

__all__ = ["boundary", "check", "claim_of", "prove", "with_simulator"]


def check(
    target: str | Claim,
    *,
    profile: str = "default",
    examples: int | None = None,
    seed: int = 0,
    budget: float | None = None,
    simulator: Callable[..., Any] | None = None,
) -> Result:
    """Check one claim, prove it where that can be done, and return the verdict with its evidence.

    Args:
        target: a claim, or the id of one stated in this process or in the catalogue gidel2019.
        profile: ``quick``, ``default`` or ``deep``: how hard to look.
        examples: instances to judge, in place of the profile's number.
        seed: any integer; with the claim's id it fixes every draw.
        budget: seconds after which to stop with what there is.
        simulator: a gradient descent of your own, which takes the place of ours in the claim's orbits; the verdict is
            then from tests alone, and ``vacuous`` for a claim that runs no orbit of the kind. The claim ``OWN-1`` is
            that each of its steps is one of gradient descent. ``docs/own-algorithm.md`` has the forms it can have.

    Returns:
        A :class:`Result`: ``.verdict``, ``.counterexample`` (None when none was found), ``.margin``.

    Raises:
        UnknownClaim: for an id that nothing bears.
        UsageError: (a ValueError) for a simulator of no known form.

    >>> from rankladder import Real, claim, forall
    >>> @claim("doc-check", over=dict(x=Real(-1, 1)))
    ... def _(x):
    ...     return x * x - x / 10
    >>> str(check("doc-check").verdict)
    'refuted'
    """
    if simulator is not None:
        from rankladder.verdicts.own_simulator import verdict_with

        own, found = with_simulator(target, simulator)
        return verdict_with(own, found, profile=profile, examples=examples, seed=seed, budget=budget)
    from rankladder.verdicts.checking import verdict_on

    return verdict_on(claim_of(target), profile=profile, examples=examples, seed=seed, budget=budget)


def prove(target: str | Claim) -> Proof:
    """Prove one claim, or certify it, or come to a counterexample of it.

    Args:
        target: a claim, or the id of one stated in this process or in the catalogue gidel2019.

    Returns:
        A :class:`Proof`: ``.status``, ``.text()`` with every obligation, ``.counterexample`` (None when none was
        found). What cannot be proved is ``open``, and says why.

    Raises:
        UnknownClaim: for an id that nothing bears.

    >>> from rankladder import lemma, symbols
    >>> x = symbols("x")
    >>> prove(lemma("doc-prove", x**2 >= x)).status
    <Status.refuted: 'refuted'>
    """
    from rankladder.verdicts.evidence import proof_of

    return proof_of(claim_of(target))


def boundary(
    target: str | Claim,
    parameter: str,
    *,
    width: float = 1e-6,
    budget: float = 600.0,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Boundary:
    """The threshold of a claim in one parameter, with a proof of the side where it holds where there is one.

    Args:
        target: a claim, or the id of one stated in this process or in the catalogue gidel2019.
        parameter, width, budget, seed, progress: as for :func:`rankladder.search.boundary.find_boundary`.

    Raises:
        UnknownClaim: for an id that nothing bears.
        ValueError: for a parameter that is not a bounded real one; the message lists those there are. For a width
            below 1e-30.

    >>> from rankladder import Real, lemma, symbols
    >>> a, x = symbols("a x")
    >>> boundary(lemma("doc-side", a * x <= 1, over=dict(a=Real(0, 3), x=Real(0, 1))), "a").kind
    'proved'
    """
    from rankladder.search.boundary import find_boundary

    return find_boundary(
        claim_of(target),
        parameter,
        width=width,
        budget=budget,
        seed=seed,
        prover=_proved_by,
        progress=progress,
    )


def _proved_by(claim: Claim) -> str | None:
    from rankladder.proof.parts import Status
    from rankladder.proof.proof import prove

    proof = prove(claim)
    return None if proof is None or proof.status is not Status.proved else proof.summary


def claim_of(target: str | Claim) -> Claim:
    """A claim by itself or by its id, among those stated in this process and those of the catalogue gidel2019.

    Raises:
        UnknownClaim: for an id that nothing bears.
        TypeError: for anything else.
    """
    if isinstance(target, Claim):
        return target
    if not isinstance(target, str):
        raise TypeError(f"Expected a claim or its id but got {target!r}; pass what @claim returned")
    if target in all_stated():
        return all_stated()[target]
    if target == COMPARISON:
        raise UnknownClaim(
            f"{target} says that a function of yours is gradient descent; pass it as simulator="
        )
    return next(iter(select({**load_catalogue(), **all_stated()}, [target]).values()))


def with_simulator(
    target: str | Claim, simulator: Callable[..., Any], name: str = ""
) -> tuple[OwnSimulator, Claim]:
    """A user's gradient descent as the claim's catalogue takes it, and the claim; ``OWN-1`` is the comparison with ours.

    Args:
        target, simulator: as for :func:`check`. name: of the function in messages; empty: its own.

    Raises:
        UnknownClaim, UsageError: as :func:`check` does.
    """
    from rankladder.language.catalogue import DEFAULT, catalogue_of
    from rankladder.verdicts.own_simulator import own_simulator

    own = own_simulator(simulator, name)
    if target == own.claim.id:
        return own, own.claim
    claim = claim_of(target)
    home = catalogue_of(claim)
    return own if home is None or home.name == DEFAULT else own_simulator(simulator, name, home.name), claim
