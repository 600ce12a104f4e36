"""The ladder of assumptions, the step sizes, the two orders, the certified run: what they show, found in another way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext

import numpy as np
import pytest

from rankladder.app.main import main
from rankladder.language.library import load_catalogue
from rankladder.properties.gidel2019.pictures import certified_run, plateau_losses, two_orders
from rankladder.report.pictures import assumption_ladder


def test_the_ladder_is_full_where_a_counterexample_is_kept() -> None:
    known = load_catalogue()
    claims = [known[id] for id in ("GD-9.modes", "RRR-2.whitened", "STEP-7.not-two-sigma")]
    # an assumption that nobody has dropped yet
    untried = known["GD-4.upper"].given["small-step"]
    extra = replace(claims[0], given={**claims[0].given, "no-one-tried": untried})
    ax = assumption_ladder([extra, *claims[1:]])
    rows, columns = (
        [t.get_text() for t in labels] for labels in (ax.get_yticklabels(), ax.get_xticklabels())
    )
    full, empty = (
        {(rows[int(y)], columns[int(x)]) for x, y in zip(*line.get_data(), strict=True)} for line in ax.lines
    )
    assert rows == ["GD-9.modes", "RRR-2.whitened"]  # what assumes nothing has no row
    assert full == {(c.id, name) for c in claims for name in c.given}
    assert empty == {("GD-9.modes", "no-one-tried")}


def test_the_loss_of_a_plateau_and_of_the_best_fit_are_those_of_the_matrices() -> None:
    rng = np.random.default_rng(8)
    sigma, lam = rng.uniform(0.5, 4, 5), rng.uniform(0.5, 4, 5)
    plateaus, best = (line.get_ydata() for line in plateau_losses(sigma, lam).lines)
    # whitened, the best fit of rank j keeps the largest singular values of Sxx^(-1/2) Sxy
    singular = np.linalg.svd(np.diag(sigma / np.sqrt(lam)), compute_uv=False)
    assert best == pytest.approx([np.sum(singular[j:] ** 2) / 2 for j in range(6)])
    order = np.argsort(-sigma)
    for j in range(6):
        w = np.zeros(5)
        w[order[:j]] = (sigma / lam)[order[:j]]
        left = np.sum(lam * w**2 / 2 - sigma * w) + np.sum(sigma**2 / lam) / 2
        assert plateaus[j] == pytest.approx(left)
    assert (plateaus >= best - 1e-12).all() and (plateaus > best + 1e-3).any()


def test_the_orders_disagree_where_the_later_mode_saves_more() -> None:
    _, wrong = two_orders([1, 4, 3, 2], [1, 16, 1, 1]).lines
    pairs = np.asarray(wrong.get_xdata()).reshape(-1, 3)[:, :2].tolist()
    assert pairs == [[4, 3]]  # gains 1, 9, 4, 1 in the order of sigma
    assert not len(two_orders([3, 2, 1], [1, 1, 1]).lines[1].get_xdata())


def test_the_certified_orbit_is_the_exact_one_and_the_float_run_leaves_it() -> None:
    s, z0 = 1.9, 0.3
    certified, run, mark = certified_run(s, z0, 100).lines
    with localcontext(prec=300):
        z, exact = Decimal(z0), [z0]
        for _ in range(100):
            z *= (1 + Decimal(s) * (1 - z)) ** 2
            exact.append(float(z))
    assert np.array_equal(certified.get_ydata(), exact)
    apart = np.abs(run.get_ydata() - np.array(exact)) > 0.01
    assert mark.get_xdata()[0] == np.argmax(apart) > 20
    assert len(certified_run(0.4, 0.3, 100).lines) == 2


@pytest.mark.parametrize(
    "words",
    [["phase"], ["assumptions"], ["ladder"], ["ladder", "--only", "GD-*"], ["steps"], ["orders"], ["certified", "--s", "1.7"],
     ["orders", "--sigma", "3,2"], ["orders", "X.npy"]],
)  # fmt: skip
def test_each_is_drawn_by_a_command(tmp_path, monkeypatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("X.npy", np.random.default_rng(0).standard_normal((20, 3)))
    assert main(["plot", *words, "--out", "out.png"]) == 0
    assert (tmp_path / "out.png").stat().st_size > 5_000
