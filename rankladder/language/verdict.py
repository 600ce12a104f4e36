"""Verdicts and the evidence behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rankladder.language.instance import Instance
from rankladder.numbers.nothing import margin_text

__all__ = ["AS_EQUAL", "Evidence", "Expectation", "Result", "Verdict", "drawn_text"]

AS_EQUAL = (
    "equalities as far as 40 digits show"  # what holds if it is an equality, and is not known to be one
)


class Verdict(StrEnum):
    """What a check found out about a claim.

    >>> Verdict.tested.positive, Verdict.vacuous.positive
    (True, False)
    """

    proved = "proved"
    certified = "certified"
    tested = "tested"
    refuted = "refuted"
    suspect = "suspect"
    vacuous = "vacuous"
    unfinished = "unfinished"
    error = "error"

    @property
    def positive(self) -> bool:
        """Whether the claim stands."""
        return self in (Verdict.proved, Verdict.certified, Verdict.tested)

    @property
    def inconclusive(self) -> bool:
        """Whether nothing can be said."""
        return self in (Verdict.suspect, Verdict.vacuous, Verdict.unfinished)


class Expectation(StrEnum):
    """What the theory text says a check should find.

    >>> Expectation("open").met_by(Verdict.proved)
    True
    """

    holds = "holds"
    refuted = "refuted"
    open = "open"

    def met_by(self, verdict: Verdict) -> bool:
        """Whether ``verdict`` is the expected one; an open claim accepts any that decides.

        >>> Expectation.holds.met_by(Verdict.certified), Expectation.refuted.met_by(Verdict.tested)
        (True, False)
        """
        if self is Expectation.holds:
            return verdict.positive
        if self is Expectation.refuted:
            return verdict is Verdict.refuted
        return verdict is not Verdict.error


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: its kind, what it says, and what it cost (seconds); of a proof, what each solver
    was asked in all and answered; of a certificate, the region that was computed for it.

    >>> Evidence("test", "200 instances judged in balls").kind
    'test'
    """

    kind: str
    detail: str
    seconds: float = 0.0
    solvers: tuple[Mapping[str, Any], ...] = ()
    certified_on: str = ""

    def to_json(self) -> dict[str, Any]:
        """A mapping of plain values."""
        made: dict[str, Any] = {"kind": self.kind, "detail": self.detail, "seconds": round(self.seconds, 3)}
        if self.kind in ("proof", "certificate"):
            made["solvers"] = [dict(s) for s in self.solvers]
        return made | {"certified_on": self.certified_on} if self.certified_on else made


@dataclass(frozen=True)
class Result:
    """The verdict on one claim, with everything needed to judge or repeat it.

    ``instances`` were decided in ball arithmetic; ``discarded`` failed the exact recheck of the
    assumptions; ``escalated`` needed more than the first precision; ``undecided`` stayed open at the
    last one, ``undefined`` of them because the margin has no value there; the margins of ``in_float64`` rest on
    floats; ``equalities`` hold as far as 40 digits show, which cannot tell them from equality. ``margin`` is that of the counterexample, or else the smallest met (float64 of an enclosure's middle),
    ``region`` the least and greatest value drawn of every parameter, ``stated`` the range of those of which the claim
    says more than can be drawn. ``kept`` is what an earlier run came to.

    >>> from rankladder import check
    >>> result = check("GD-5.not-continuous-upper", profile="quick")
    >>> str(result.verdict), str(result.counterexample), result.margin < 0
    ('refuted', 's=1/4, z0=1/2, steps=5', True)
    """

    id: str
    title: str
    expected: Expectation
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    instances: int = 0
    discarded: int = 0
    escalated: int = 0
    undecided: int = 0
    undefined: int = 0
    scouted: int = 0
    margin: float | None = None
    region: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    stated: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    counterexample: Instance | None = None
    counterexample_margin: float | None = None
    worst: Instance | None = None
    worst_margin: float | None = None
    seconds: float = 0.0
    complete: bool = True
    in_float64: int = 0
    counterexample_in_float64: bool = False
    kept: bool = False
    equalities: int = 0

    @property
    def family(self) -> str:
        """The part of the id before its number: ``GD`` of ``GD-4.upper``."""
        return self.id.split("-")[0]

    @property
    def certified_on(self) -> str | None:
        """The region of a certificate, as it was computed; None where the verdict rests on none."""
        regions = (e.certified_on for e in self.evidence if e.certified_on)
        return next(regions, None) if self.verdict is Verdict.certified else None

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the one the theory text leads us to expect."""
        return self.expected.met_by(self.verdict)

    @property
    def status(self) -> str:
        """``as_expected``, ``inconclusive`` or ``unexpected``: what the summary counts."""
        if self.as_expected:
            return "as_expected"
        return "inconclusive" if self.verdict.inconclusive else "unexpected"

    @property
    def drawn(self) -> str:
        """The region drawn, parameter by parameter: from the least value to the greatest, of what range if of a wider one;
        empty where it is refuted, for the search that made the counterexample simple went beyond it.

        >>> region, stated = {"s": (1e-9, 0.5), "n": (3.0, 3.0)}, {"s": "(0, oo)"}
        >>> Result("doc", "", Expectation.holds, Verdict.tested, region=region, stated=stated).drawn
        's 1e-09 to 0.5 of (0, oo), n 3'
        """
        return "" if self.verdict is Verdict.refuted else drawn_text(self.region, self.stated)

    def _repr_html_(self) -> str:
        from rankladder.language.snippets import lines, table, text

        wanted = "" if self.as_expected else f" <i>(expected: {text(self.expected)})</i>"
        found = ""
        if self.counterexample is not None:
            found = f"<code>{text(self.counterexample)}</code>, margin {margin_text(self.counterexample_margin, 4)}"
        rows = [
            ("evidence", lines(f"{text(e.kind)}: {text(e.detail)}" for e in self.evidence)),
            ("smallest margin", "" if self.margin is None or found else f"{self.margin:.4g}"),
            ("drawn", text(self.drawn)),
            ("counterexample", found),
        ]
        name = f"<b>{text(self.id)}</b> <b>{text(self.verdict)}</b>"
        return f"<div>{name}{wanted} {text(self.title)}{table(rows)}</div>"

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values, exact numbers as strings beside their float."""
        found = None
        if self.counterexample is not None:
            found = {
                "instance": str(self.counterexample),
                "values": self.counterexample.to_json(),
                "margin": finite(self.counterexample_margin),
                "worst": {"instance": str(self.worst), "margin": finite(self.worst_margin)},
                "certified": not self.counterexample_in_float64,
            }
        return {
            "id": self.id,
            "title": self.title,
            "family": self.family,
            "expected": str(self.expected),
            "verdict": str(self.verdict),
            "evidence": [e.to_json() for e in self.evidence],
            "certified_on": self.certified_on,
            "instances": self.instances,
            "discarded": self.discarded,
            "escalated": self.escalated,
            "undecided": self.undecided,
            "undefined": self.undefined,
            "in_float64": self.in_float64,
            "equalities": self.equalities,
            "scouted": self.scouted,
            "margin": finite(self.margin),
            "region": {k: [finite(a), finite(b)] for k, (a, b) in self.region.items()},
            "stated": dict(self.stated),
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "counterexample": found,
            "kept": self.kept,
        }


def drawn_text(region: Mapping[str, Sequence[Any]], stated: Mapping[str, str]) -> str:
    """A region that was drawn, and of which wider ranges.

    >>> drawn_text({"s": (0.25, 0.5), "n": (3.0, 3.0)}, {"s": "(0, oo)"})
    's 0.25 to 0.5 of (0, oo), n 3'
    """
    ends = {name: (float(low), float(high)) for name, (low, high) in region.items()}
    return ", ".join(
        f"{name} {low:.3g}"
        + (f" to {high:.3g}" if high != low else "")
        + (f" of {stated[name]}" if name in stated else "")
        for name, (low, high) in ends.items()
    )


def finite(value: float | None) -> float | str | None:
    """A float that JSON can hold: infinities and NaN become words.

    >>> finite(0.5), finite(float("inf"))
    (0.5, 'inf')
    """
    if value is None:
        return None
    return value if value - value == 0 else str(value)
