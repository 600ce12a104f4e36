"""What became of a proof: its parts, what joins them to the claim, and the status that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rankladder.language.induction import Induction
from rankladder.language.instance import Instance
from rankladder.language.obligation import Obligation
from rankladder.numbers.nothing import margin_text
from rankladder.proof.parts import Part, Status, combined, regions
from rankladder.proof.solvers import missing_solvers

__all__ = ["FACTS", "IN_WORDS", "KERNEL", "TAKEN", "Proof", "fact"]

FACTS = (
    "Eckart-Young", "uniqueness of ODE solutions", "monotone convergence", "Grönwall", "spectral theorem",
)  # fmt: skip
# methods of parts that are no obligations
KERNEL = "Coq"
TAKEN = ("another claim", "named fact")
IN_WORDS = Part(
    "what was shown is what is claimed", "the text of the argument", "a text", Status.tested,
    "a text, which nothing checks",
)  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """The proof of one claim, or what became of the attempt, part by part.

    ``argument`` is the text that joins the parts; ``rests_on`` the claims it uses; ``facts`` the named facts.
    ``joins`` says what joins the parts to the claim where they are not its own statement; a proof with one shows a
    theorem beside the claim. ``induction`` is what the obligations belong to, if they do. ``counterexample`` is a confirmed one, of the claim itself, with its ``margin``.
    ``beyond`` says what more than the domains it is about: every shape, where theirs are those that tests draw.

    >>> from rankladder import lemma, prove, symbols
    >>> x = symbols("x")
    >>> prove(lemma("doc-proof-repr", x**2 + 1 >= 2 * x))
    <Proof doc-proof-repr: proved: 1 obligation by identities>
    """

    claim: str
    argument: str
    parts: tuple[Part, ...]
    rests_on: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    joins: tuple[Part, ...] = ()
    induction: Induction | None = None
    counterexample: Instance | None = None
    margin: float | None = None
    beyond: str = ""

    @property
    def status(self) -> Status:
        """That of the weakest part, or of what joins the parts to the claim; ``refuted`` with a counterexample.

        A false part shows only that this attempt fails.
        """
        if self.counterexample is not None:
            return Status.refuted
        status = combined((*self.parts, *self.joins)) if self._own else Status.open
        return Status.open if status is Status.refuted else status

    @property
    def region(self) -> str:
        """What it is shown on, computed from its parts; empty where that is everything, or it is not shown."""
        return (regions(self._own) or regions(self.parts)) if self.status.shown else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Packages that are not installed and without which it was not attempted."""
        asked = any(a.result == "missing" for p in self.parts for a in p.answers)
        return missing_solvers() if asked and not self.status.shown else ()

    @property
    def _own(self) -> list[Part]:
        return [p for p in self.parts if p.method not in TAKEN]

    @property
    def seconds(self) -> float:
        """What it took."""
        return sum(p.seconds for p in self.parts)

    @property
    def summary(self) -> str:
        """One line of evidence."""
        if self.counterexample is not None:
            return f"counterexample {self.counterexample} (margin {margin_text(self.margin, 3)})"
        if self.status is Status.error:
            return self._weakness
        if self.missing:
            are = "is" if len(self.missing) == 1 else "are"
            names = " and ".join(self.missing)
            return f"not attempted: {names} {are} not installed; pip install 'rankladder[proof]'"
        if not self.status.shown:
            return f"not proved: {self._weakness}"
        kernel = [p for p in self.parts if p.method == KERNEL]
        own = [p for p in self._own if p not in kernel]
        methods = ", ".join(dict.fromkeys(p.method for p in own))
        made = f"{len(own)} obligation{'s' if len(own) > 1 else ''} by {methods}"
        if self.region:
            symbols = "" if any(p.method == "balls on a box" for p in own) else ", everything else symbols"
            made += f", for {self.region}{symbols}"
        elif self.beyond:
            made += f", for {self.beyond}"
        weaker = {p.name: p.status for p in self.parts if p.method == "another claim"}
        resting = (
            f"{c} ({s})" if (s := weaker.get(f"rests on {c}", Status.proved)) is not Status.proved else c
            for c in self.rests_on
        )
        rests = f"; rests on {', '.join(resting)}" if self.rests_on else ""
        facts = f"; uses {', '.join(self.facts)}" if self.facts else ""
        joined = "".join(f", joined to it by {j.detail}" for j in self.joins)
        beside = "no proof of the claim: " if self.status is Status.tested else ""
        accepted = "".join(f"; {p.detail}" for p in kernel)
        return f"{beside}{made}{joined}{rests}{facts}{accepted}"

    @property
    def _weakness(self) -> str:
        parts = (*self.parts, *self.joins)
        weak = next((p for p in parts if p.status is Status.error), None)
        weak = weak or next((p for p in parts if not p.status.shown), None)
        if weak is None:
            return "no way is known; it needs a relation of rational functions, or an induction"
        if weak.status is Status.refuted:
            return (
                f"{weak.name}: over the reals this is {weak.detail}, which was not confirmed as a counterexample "
                "of the claim"
            ).removeprefix(f"{self.claim}: ")
        return f"{weak.name}: {weak.detail or weak.statement}".removeprefix(f"{self.claim}: ")

    def __repr__(self) -> str:
        """Claim, status and evidence in a line; :meth:`text` has the parts."""
        return f"<Proof {self.claim}: {self.status}: {self.summary}>"

    def text(self) -> str:
        """The proof as plain text."""
        where = f" for {self.region}" if self.status is Status.certified else ""
        lines = [f"Claim {self.claim}: {self.status}{where}", *self.argument.strip().splitlines()]
        lines += [f"Named fact used: {name}." for name in self.facts]
        lines += [f"Shown for {self.beyond}."] if self.beyond and self.status is Status.proved else []
        lines += [] if self.status is Status.proved else [self.summary]
        for number, part in enumerate(self.parts, 1):
            lines.append(f"  {number}. {part.name} [{part.status}, {part.method}]")
            lines += [f"     {line}" for line in part.statement.splitlines()]
            lines += [f"     {line}" for line in part.told.splitlines()]
        lines += [f"  {join.name}? [{join.method}] {join.detail}" for join in self.joins]
        kinds = dict.fromkeys(p.method for p in self.parts if p.status.shown)
        lines += (
            [f"What each kind of evidence asks to be believed ({', '.join(kinds)}): docs/trust.md"]
            if kinds
            else []
        )
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values."""
        return {
            "id": self.claim,
            "status": str(self.status),
            "detail": self.summary,
            "argument": self.argument,
            "certified_on": self.region if self.status is Status.certified else None,
            "rests_on": list(self.rests_on),
            "facts": list(self.facts),
            "parts": [p.to_json() for p in self.parts],
            "joins": [p.to_json() for p in self.joins],
            "missing": list(self.missing),
            "counterexample": None if self.counterexample is None else str(self.counterexample),
            "seconds": round(self.seconds, 3),
        }


def fact(name: str, use: str) -> Part:
    """A named fact that a proof uses.

    Raises:
        ValueError: for a fact that is not among those allowed.
    """
    if name not in FACTS:
        raise ValueError(
            f"Expected one of the named facts ({', '.join(FACTS)}) but got {name!r}; prove it instead"
        )
    return Part(name, use, "named fact", Status.proved)
