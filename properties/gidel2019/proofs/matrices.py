"""Proofs of equations between matrices of every shape: the claims' own conclusions, run on words in matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rankladder.language.library import load_catalogue
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import by_words

FLOW = {
    "uniqueness of ODE solutions": "a closed form with its start and its velocity is the flow; the gradients are polynomials"
}


# one mode in its normal form: nu = 1/omega, z = w nu, y = nu e^(-2 delta) (1+s)^(2k), s = eta sigma
MODE = {
    "problem.lam[i]": {"nu[i]": 1, "problem.sigma[i]": 1},
    "any a[i]²": {"z[i]": 1, "nu[i]": -1},
    "any q[i]": {"y[i]": 1, "nu[i]": -1},
    "problem.sigma[i]": {"s[i]": 1, "problem.sigma[1]": 1, "s1": -1},
}

# what is learned of a mode, as a fraction
FRACTION = {"any a[i]": {"phi[i]": 1, "problem.sigma[i]": 1, "problem.lam[i]": -1}}

# between two transitions: delta = T (sigma_j + sigma_{j+1})
MIDWAY = {
    "delta": {"T": 1, "problem.sigma(j) + problem.sigma(j+1)": 1},
    "problem.lam[i]": {"nu[i]": 1, "problem.sigma[i]": 1},
}
OPTIMUM = {
    "Eckart-Young": "the least loss at rank j is f(0) less half the j largest eigenvalues of Sxy^T Sxx^+ Sxy"
}
# a pair of modes: b = sqrt(omega), and the largest curvature h = lambda H
PAIR = {"problem.sigma[i]": {"b[i]": 2, "problem.lam[i]": 1}, "max_0": {"H": 1, "problem.lam[i]": 1}}


def _on_words(id: str, choices: Sequence[Mapping[str, Any]] = ({},), **options: Any) -> Callable[[], Proof]:
    return lambda: by_words(load_catalogue()[id], choices, **options)


PROOFS = {
    **{id: _on_words(id, facts=FLOW) for id in ("LIN-1", "LIN-5.flow", "FLOW-1", "INIT-1.sufficient", "LIMIT-3")},
    **{
        id: _on_words(id)
        for id in (
            "LIN-2", "PERT-4.commutator", "LIN-4.eigenvectors", "LIN-4.joint-basis", "FLOW-3.flow", "FLOW-3.drift", "FLOW-4", "LOSS-1",
            "LOSS-2.level", "GD-1.decoupling", "PERT-3.residual", "PERT-4.zero", "LIN-5.descent", "LIN-5.rank", "LIN-5.rank-margin", "LIN-3.contraction", "LIN-3.divergence",
            "LIN-3.minimiser", "LIN-3.minimum-norm", "LIN-3.period-two", "LOSS-2.flow",
            "STEP-7.autoencoder", "STEP-7.edge", "STEP-7.eigenpair", "STEP-7.sharpness", "STEP-7.spectrum", "STEP-7.whitened",
        )
    },
    **{id: _on_words(id, scales=FRACTION) for id in ("LIN-5.larger-first", "LIN-5.ratio")},
    "STEP-7.stable": _on_words("STEP-7.stable", scales=PAIR),
    **{id: _on_words(id, scales=MODE) for id in ("GD-9.modes", "GD-9.plateaus", "LOSS-2.descent", "STEP-6.bounded", "STEP-6.convergent", "STEP-6.monotone", "STEP-6.unbounded")},
    "RRR-4.flow": _on_words("RRR-4.flow", ranges=True, facts=FLOW),
    "RRR-4.descent": _on_words("RRR-4.descent", scales=MODE, ranges=True),
    **{id: _on_words(id, scales=MIDWAY) for id in ("LIMIT-4.constant", "LIMIT-4.smallness")},
    **{id: _on_words(id, facts=OPTIMUM) for id in ("RRR-1.optimum", "RRR-1.solution")},
    **{
        id: _on_words(id, scales=MODE, facts=OPTIMUM)
        for id in ("RRR-1.visited", "RRR-2.autoencoder", "RRR-2.consistent", "RRR-2.whitened")
    },
    **{id: _on_words(id, [{"layers": n} for n in (3, 4, 5)]) for id in ("DEPTH-1.flow", "DEPTH-1.descent")},
}  # fmt: skip
