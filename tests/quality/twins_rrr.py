"""Broken twins of the claims about reduced-rank regression."""

from __future__ import annotations

from fractions import Fraction

from properties import Int, Problem, forall, iff, least, most
from properties.catalogue.rrr import (
    STRANGERS,
    choice_losses,
    gains,
    leads,
    plateau_iff,
    saves_gains,
    solves,
    visits_solutions,
)
from properties.catalogue.rrr_dynamics import rank_grows, rate_fits, s1, starts_below, turning_blocks
from simulate import loss
from tests.quality.twin import twin
from theory import rrr_gain, unstable_rate

TENTH = Fraction(11, 10)

twin(
    "RRR-1.iff",
    "gain-with-lam-once-more",
    "ranks by sigma^2/lam^2",
    conclusion=lambda problem: plateau_iff(problem, lambda sigma, lam: rrr_gain(sigma, lam) / lam),
)
twin(
    "RRR-1.iff",
    "sigma-alone",
    "ranks by sigma",
    conclusion=lambda problem: plateau_iff(problem, lambda sigma, lam: sigma),
)
twin(
    "RRR-1.iff",
    "next-rank",
    "compares the plateau of rank j with the leaders of rank j + 1",
    conclusion=lambda problem: forall(
        0 * problem.sigma[0],
        *(iff(solves(problem, j), leads(problem, j + 1)) for j in range(1, problem.m - 1)),
    ),
)
twin(
    "RRR-1.iff",
    "a-tenth-more",
    "asks the leaders for a tenth more than the others have",
    conclusion=lambda problem: forall(
        0 * problem.sigma[0],
        *(
            iff(solves(problem, j), least(gains(problem)[:j]) - TENTH * most(gains(problem)[j:]))
            for j in range(1, problem.m)
        ),
    ),
)
twin(
    "RRR-1.value",
    "gain-off",
    "one per cent more gain",
    conclusion=lambda problem: saves_gains(
        problem, lambda sigma, lam: rrr_gain(sigma, lam) * Fraction(101, 100)
    ),
)
twin("RRR-1.value", "any-data", "without commuting data", drop="commuting")
for _kind, _assumption in (
    ("whitened", "whitened"),
    ("autoencoder", "autoencoder"),
    ("consistent", "same-order"),
):
    twin(f"RRR-2.{_kind}", "any-commuting", "on all commuting data", drop=_assumption)
    twin(
        f"RRR-2.{_kind}",
        "one-rank-early",
        "the plateau of rank j - 1 is as good as any choice of j modes",
        conclusion=lambda problem, left, right: forall(
            problem.sigma[0],
            *(
                other - loss(problem.Sxx, problem.Sxy, problem.plateau(j - 1))
                for j in range(1, problem.m)
                for other in choice_losses(problem, j)[1]
            ),
        ),
    )
    twin(
        f"RRR-2.{_kind}",
        "fitted-off",
        "the plateau with fitted values a tenth too large",
        conclusion=lambda problem, left, right: forall(
            problem.sigma[0],
            *(
                other - loss(problem.Sxx, problem.Sxy, TENTH * problem.plateau(j))
                for j in range(1, problem.m)
                for other in choice_losses(problem, j)[1]
            ),
        ),
    )
twin(
    "RRR-2.consistent",
    "order-off",
    "later gains may be a tenth larger",
    over={"problem": Problem(modes=Int(1, 5)), **STRANGERS},
    given={
        "same-order": lambda problem: forall(
            problem.sigma[0],
            *(TENTH * a - b for a, b in zip(gains(problem)[:-1], gains(problem)[1:], strict=True)),
        )
    },
    conclusion=lambda problem, left, right: visits_solutions(problem, left, right),
)
twin("RRR-4.count", "no-step-bound", "at every step size", drop="small-step")
twin(
    "RRR-4.count",
    "level-above-one",
    "up to levels a tenth above the fitted value",
    given={"small-step": 2 * s1 <= 1, "small-start": starts_below},
    conclusion=lambda problem, s1, theta, delta: rank_grows(problem, s1, delta, theta * TENTH),
)
twin(
    "RRR-4.count",
    "any-start",
    "with modes that start above the level",
    drop="small-start",
)

twin(
    "RRR-5.iff",
    "sigma-over-lam",
    "stable iff the modes lead in sigma/lam",
    conclusion=lambda problem: forall(
        0 * problem.sigma[0],
        *(
            iff(
                least(*(b[0, 0] * b[1, 1] - b[0, 1] * b[1, 0] for _, _, b in turning_blocks(problem, j))),
                leads(problem, j, lambda sigma, lam: sigma / lam),
            )
            for j in range(1, problem.m)
        ),
    ),
)
twin(
    "RRR-5.iff",
    "sigma-alone",
    "stable iff the modes lead in sigma, so always",
    conclusion=lambda problem: forall(
        0 * problem.sigma[0],
        *(
            iff(
                least(*(b[0, 0] * b[1, 1] - b[0, 1] * b[1, 0] for _, _, b in turning_blocks(problem, j))),
                leads(problem, j, lambda sigma, lam: sigma),
            )
            for j in range(1, problem.m)
        ),
    ),
)
twin(
    "RRR-5.rate",
    "rate-off",
    "the rate one per cent larger",
    conclusion=lambda problem: rate_fits(problem, lambda *pair: unstable_rate(*pair) * Fraction(101, 100)),
)
twin(
    "RRR-5.rate",
    "roles-swapped",
    "with the two modes exchanged",
    conclusion=lambda problem: rate_fits(problem, lambda s1, l1, s2, l2: unstable_rate(s2, l2, s1, l1)),
)
