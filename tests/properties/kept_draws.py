"""What every domain and every claim draws from a seed; ``python -m tests.properties.kept_draws`` stores it anew.

A seed in a report must find the same instances in the next version as well; where that cannot be kept, the stored file
says that it was not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction as F
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from properties import Int, Invertible, Matrix, Orthogonal, Problem, Real, Spectrum
from properties.engine.drawing import draw_instance
from properties.engine.guiding import _moved
from properties.engine.search import _neighbour
from properties.generators.domains import Bounds, Domain
from properties.generators.sources import Infeasible, RandomSource, seed_for
from properties.library import load_catalogue
from properties.stating.instance import Instance
from properties.stating.statement import Claim

FILE = Path(__file__).with_suffix(".json")
EARLIER = {"n": 3, "m": 2}
SIZES = ("n", "m", "other")

DOMAINS: dict[str, Domain] = {
    "unit": Real(0, 1),
    "closed": Real(F(-1, 3), 4, closed="both"),
    "left": Real(-2, -1, closed="left"),
    "right": Real(0, 100, closed="right"),
    "point": Real(F(1, 3), F(1, 3), closed="both"),
    "above": Real(2, None),
    "below": Real(None, F(1, 2), closed="right"),
    "line": Real(),
    "int": Int(0, 5),
    "wide int": Int(-3, 300),
    "one int": Int(2, 2),
    "orthogonal 1": Orthogonal(1),
    "orthogonal 2": Orthogonal(2),
    "orthogonal n": Orthogonal("n"),
    "orthogonal any": Orthogonal(Int(1, 5)),
    "invertible 1": Invertible(1),
    "invertible n": Invertible("n"),
    "invertible any": Invertible(Int(1, 4)),
    "matrix": Matrix("n", "m"),
    "square": Matrix("n", "n", scale=1, denominator=8),
    "matrix any": Matrix(Int(1, 3), 2, scale=3, denominator=1),
    "spectrum": Spectrum("n"),
    "spectrum any": Spectrum(Int(1, 6), F(1, 4), 4),
    "gap": Spectrum(4, 0, 4, gap=F(1, 2)),
    "condition": Spectrum(3, F(1, 4), 4, condition=3),
    "condition and gap": Spectrum(Int(1, 3), F(1, 4), 4, gap=F(1, 4), condition=8),
    "nulls": Spectrum(Int(1, 5), F(1, 4), 4, nulls=2),
    "unordered": Spectrum("n", -1, 1, ordered=False),
    "commuting": Problem(),
    "square problems": Problem(d=Int(2, 3), p=Int(2, 3), r=Int(3, 3), modes=Int(2, 3), gap=F(1, 4), null=(0, 1)),
    "loud": Problem(d=Int(3, 4), p=Int(1, 2), r=Int(1, 2), modes=Int(1, 1), lam=(1, F(11, 10)), null=(F(1, 2), 1)),
    "whitened": Problem(kind="whitened"),
    "autoencoder": Problem(kind="autoencoder"),
    "noncommuting": Problem(kind="noncommuting"),
    "noncommuting 2": Problem(d=Int(1, 2), p=Int(1, 2), r=Int(1, 2), kind="noncommuting"),
}  # fmt: skip


def text(value: Any) -> str:
    """As an instance prints it."""
    return str(Instance.of(v=value)).removeprefix("v=")


def digest(parts: Iterable[Any]) -> str:
    """A short sum over texts."""
    return hashlib.blake2b("\n".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def values(name: str, count: int = 16) -> list[Any]:
    """Draws of a domain, without those that have no room."""
    source, found = RandomSource(seed_for("draws", name)), []
    for _ in range(count):
        try:
            found.append(DOMAINS[name].draw(source, None, EARLIER))
        except Infeasible:
            found.append(None)
    return [v for v in found if v is not None]


def bounded(name: str) -> Iterator[Any]:
    """Draws of a scalar domain within bounds, also where these leave nothing."""
    domain, source = DOMAINS[name], RandomSource(seed_for("bounded", name))
    for bounds in (Bounds(F(1, 4), F(1, 2)), Bounds(F(1, 3), None, True), Bounds(None, F(3), False, True)):
        for _ in range(8):
            try:
                yield domain.draw(source, bounds, {})
            except Infeasible:
                yield "none"


def views(name: str) -> Iterator[Any]:
    """What a conclusion receives of each value, exactly."""
    for value in values(name, 5):
        seen = DOMAINS[name].realise(value, lambda x: x)
        if not isinstance(DOMAINS[name], Problem):
            yield np.asarray(seen).tolist()
            continue
        yield [seen.d, seen.p, seen.r, seen.m, seen.q]
        for part in (seen.U, seen.V, seen.Q, seen.sigma, seen.lam, seen.omega, seen.B, seen.Sxx, seen.Sxy):
            yield part.tolist()
        yield [seen.plateau(j).tolist() for j in range(seen.m + 1)]


def neighbours(name: str) -> Iterator[Any]:
    """Values near each value."""
    source = RandomSource(seed_for("near", name))
    for value in values(name, 8):
        yield from (text(DOMAINS[name].mutate(value, source)) for _ in range(6))


def simpler(name: str) -> Iterator[str]:
    """What a person would find simpler."""
    for value in values(name, 8):
        yield from map(text, islice(DOMAINS[name].simpler(value), 80))


def shrunk(name: str) -> Iterator[str]:
    """Each value without one of its rows, columns or entries."""
    for value in values(name, 8):
        for size in SIZES:
            yield from (text(DOMAINS[name].shrunk(value, size, index)) for index in range(2))


def members(name: str) -> Iterator[str]:
    """Which values of all domains belong to this one, also values next to them, and with other sizes before."""
    for other in DOMAINS:
        source = RandomSource(seed_for("members", other))
        for value in values(other, 6):
            near = DOMAINS[other].mutate(value, source)
            yield "".join(
                str(int(DOMAINS[name].contains(v, earlier)))
                for v in (value, near)
                for earlier in (EARLIER, {"n": 2, "m": 3})
                if not (isinstance(v, (F, int)) ^ isinstance(DOMAINS[name], (Real, Int)))
            )


FACETS: dict[str, Callable[[str], Iterable[Any]]] = {
    "draws": lambda name: map(text, values(name, 40)),
    "neighbours": neighbours,
    "simpler": simpler,
    "shrunk": shrunk,
    "members": members,
    "views": views,
    "words": lambda name: [
        str(DOMAINS[name]), repr(DOMAINS[name]),
        *(DOMAINS[name].weight(v) for v in values(name)), *(DOMAINS[name].coordinates("x", v) for v in values(name)),
    ],
}  # fmt: skip


def of_domain(name: str) -> dict[str, str]:
    """A sum over each kind of thing that a domain does."""
    found = {facet: digest(make(name)) for facet, make in FACETS.items()}
    if isinstance(DOMAINS[name], (Real, Int)):
        found["bounded"] = digest(map(text, bounded(name)))
    return found


def instances(claim: Claim, label: str, count: int) -> list[Instance]:
    """The first instances of a claim, some fewer where its assumptions are hard to meet."""
    source, found = RandomSource(seed_for("claim", claim.id, label)), []
    for _ in range(3 * count):
        try:
            found.append(draw_instance(claim, source))
        except Infeasible:
            continue
        if len(found) == count:
            break
    return found


def of_claim(claim: Claim) -> dict[str, str]:
    """Sums over a claim's instances, over neighbours of them, and over those that break an assumption."""
    drawn = instances(claim, "all", 8)
    source = RandomSource(seed_for("near", claim.id))
    near = [_neighbour(claim, instance, source) for instance in drawn for _ in range(3)]
    broken = {f"without {name}": digest(instances(claim.without(name), name, 4)) for name in claim.given}
    return {"all": digest(drawn), "near": digest(near), **broken}


def batches() -> dict[str, list[float]]:
    """The numbers that scouts draw, and where they move them."""
    found: dict[str, list[float]] = {}
    for name, domain in DOMAINS.items():
        if isinstance(domain, Real):
            rng, bounds = np.random.default_rng(7), domain.bounds
            low = -np.inf if bounds.lower is None else float(bounds.lower)
            high = np.inf if bounds.upper is None else float(bounds.upper)
            drawn = domain.batch(rng, low, high, 48)
            moved = _moved(domain, np.stack([drawn, drawn[::-1] / 2], axis=1), 0, rng)
            found[name] = [*drawn.tolist(), *moved.tolist()]
    return found


def kept() -> Mapping[str, Any]:
    """Everything, as the file holds it."""
    return {
        "domains": {name: of_domain(name) for name in DOMAINS},
        "claims": {id: of_claim(claim) for id, claim in load_catalogue().items()},
        "batches": batches(),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(kept(), indent=1) + "\n", encoding="utf-8")
