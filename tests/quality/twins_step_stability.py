"""Broken twins of the claims about curvature and the stability of the spectral manifold."""

from __future__ import annotations

from fractions import Fraction

from rankladder import symbols
from rankladder.properties.gidel2019.step_instability import grows, stays_diagonal
from rankladder.properties.gidel2019.step_stability import (
    ANY,
    at_least,
    chosen,
    curvatures,
    decomposition,
    edge,
    eigenpair,
    stable,
    twice_sigma,
)
from rankladder.theory import hessian_eigenvalue
from tests.quality.twin import twin

MORE = Fraction(101, 100)

for _parent in ("spectrum", "eigenpair", "sharpness", "edge", "growth", "stable"):
    twin(f"STEP-7.{_parent}", "no-commuting", "data that do not commute", drop="commuting")
twin(
    "STEP-7.spectrum", "larger", "eigenvalues 1% larger",
    conclusion=lambda problem, A1, A2: decomposition(problem, A1, A2, MORE * curvatures(problem)),
)  # fmt: skip
twin(
    "STEP-7.spectrum", "off-minimiser", "factors 1% too large",
    conclusion=lambda problem, A1, A2: decomposition(problem, A1, A2, curvatures(problem), scale=MORE),
)  # fmt: skip


def other_lam(problem, i, j):  # type: ignore[no-untyped-def]
    """The eigenpair with lambda_j in the place of lambda_i."""
    i, j = chosen(problem, i, j)
    omega = [*problem.omega, *[0] * 8]
    return eigenpair(problem, i, j, hessian_eigenvalue(problem.lam[j % problem.d], omega[i], omega[j]))


twin("STEP-7.eigenpair", "index", "lambda_j in the place of lambda_i", conclusion=other_lam)
twin(
    "STEP-7.eigenpair", "larger", "eigenvalues 1% larger",
    conclusion=lambda problem, i, j: eigenpair(
        problem, *chosen(problem, i, j), MORE * curvatures(problem)[chosen(problem, i, j)]
    ),
)  # fmt: skip
twin(
    "STEP-7.sharpness", "larger", "at least 2.02 sigma_1",
    conclusion=lambda problem: at_least(problem, factor=2 * MORE),
)  # fmt: skip
twin("STEP-7.whitened", "not-whitened", "any commuting data", drop="whitened")
twin(
    "STEP-7.whitened", "larger", "2.02 sigma_1",
    conclusion=lambda problem, A1, A2: twice_sigma(problem, A1, A2, factor=2 * MORE),
)  # fmt: skip
twin("STEP-7.autoencoder", "not-autoencoder", "any commuting data", drop="autoencoder")
twin(
    "STEP-7.autoencoder", "smaller", "1.98 sigma_1",
    conclusion=lambda problem, A1, A2: twice_sigma(problem, A1, A2, factor=Fraction(99, 50)),
)  # fmt: skip
twin(
    "STEP-7.edge", "earlier", "stable up to 1.8/h only",
    conclusion=lambda problem, x: edge(problem, x, bound=Fraction(9, 5)),
)  # fmt: skip
twin(
    "STEP-7.edge", "faster", "multiplier 1 - 1.01 eta h",
    conclusion=lambda problem, x: edge(problem, x, rate=MORE),
)  # fmt: skip
twin("STEP-7.growth", "not-sharp", "eta h below 2", drop="sharp")
twin(
    "STEP-7.growth", "faster", "rate |1 - 1.01 eta h|",
    conclusion=lambda problem, s1, steps: grows(problem, s1, steps, rate=MORE),
)  # fmt: skip
for _frame, _words in (("U", "inputs"), ("V", "outputs"), ("Q", "hidden layer")):
    twin(
        "STEP-7.aligned", f"turned-{_frame}", f"a drawn frame of the {_words}",
        conclusion=lambda problem, s1, delta, turned=_frame: stays_diagonal(
            problem, s1, delta, turned=turned
        ),
    )  # fmt: skip
twin(
    "STEP-7.stable", "a-tenth-more", "up to eta = 2.2/h",
    given={"commuting": ANY, "stable-step": 5 * symbols("x") <= 11},
)  # fmt: skip
twin(
    "STEP-7.stable", "two-sigma", "2 sigma_1 in place of h",
    conclusion=lambda problem, x, A1, A2: stable(problem, x, A1, A2, sharpness=lambda data: 2 * data.sigma[0]),
)  # fmt: skip
