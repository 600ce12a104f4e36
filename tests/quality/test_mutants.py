"""A mistake in the source turns the check red, and names the claims that it breaks.

Each mutant is a copy of the package with one expression changed; the copy is checked in a process of its own
under the quick profile.
"""

import json
import os
from pathlib import Path

import pytest

from tests.packaging.checkout import ROOT, copy_of_checkout
from tests.processes import python

# what is wrong: the file, claims (an id with its children) that must break, the text before and after
MUTANTS = {
    "sign in the gradient": (
        "simulate/dynamics.py", ("LIN-1", "LIN-2", "FLOW-1", "GD-1"),
        "return cls(lambda W: Sxx @ W - Sxy)",
        "return cls(lambda W: Sxx @ W + Sxy)",
    ),
    "three halves of the cube in the step of an entry": (
        "simulate/dynamics.py", ("GD-1",),
        "return a * (1 + eta * (sigma - lam * (a * a)))",
        "return a * (1 + eta * (sigma - 3 * lam * (a * a) / 2))",
    ),
    "s in place of log(1 + s) in the transition time": (
        "theory/descent.py", ("GD-7",),
        "growth = rate_lower_expr().subs(s, eta * sigma)",
        "growth = (2 * s).subs(s, eta * sigma)",
    ),
    "1 + 2 eta (...) in place of the square, theory": (
        "theory/network.py", ("GD-1", "GD-2"),
        "return w * ratio.subs(a**2, w) ** 2",
        "return w * (2 * ratio.subs(a**2, w) - 1)",
    ),
    "1 + 2 eta (...) in place of the square, simulator": (
        "simulate/dynamics.py", ("GD-2", "GD-3"),
        "    factor = 1 + s * (1 - z)\n    return z * (factor * factor)",
        "    factor = 1 + 2 * s * (1 - z)\n    return z * factor",
    ),
    "growth (1 + s)^3 from below": (
        "theory/descent.py", ("GD-4.lower",),
        "return sympy.factor(sympy.diff(normal_form_expr(), z).subs(z, 0))",
        "return sympy.factor(sympy.diff(normal_form_expr(), z).subs(z, 0) * (1 + s))",
    ),
    "rate log(1 + s) from below": (
        "theory/descent.py", ("GD-5",),
        "return sympy.expand_log(sympy.log(growth_factor_expr()), force=True)",
        "return sympy.expand_log(sympy.log(growth_factor_expr()), force=True) / 2",
    ),
    "sigma/lam in place of sigma^2/lam": (
        "theory/reduced_rank.py", ("RRR-1",),
        "return sympy.simplify(-2 * mode_loss_expr().subs(w, fitted_expr()))",
        "return sympy.simplify(-2 * mode_loss_expr().subs(w, fitted_expr())) / sigma",
    ),
    "alternating updates of the two factors": (
        "simulate/dynamics.py", ("GD-1", "FLOW-3"),
        "            return R @ _transposed(W2), _transposed(W1) @ R",
        "            G = R @ _transposed(W2)\n            return G, _transposed(W1 - G / 10) @ R",
    ),
    "Q^T in place of Q in one factor of the start": (
        "simulate/starts.py", ("FLOW-1", "GD-1"),
        "return U @ D @ Q, Q.T @ D_prime @ V.T",
        "return U @ D @ Q.T, Q.T @ D_prime @ V.T",
    ),
    "e^{-2 delta} in place of e^{-delta} in the start": (
        "simulate/starts.py", ("FLOW-1", "GD-1"),
        "scales = [np.exp(-exact_number(each)) if exact else np.exp(-float(each)) for each in deltas]",
        "scales = [np.exp(-2 * exact_number(each)) if exact else np.exp(-2 * float(each)) for each in deltas]",
    ),
}  # fmt: skip


def check(folder: Path, *options: str) -> dict[str, str]:
    """Status of the claims of the copy in a folder, by id."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    words = ["-m", "rankladder", "check", "--profile", "quick", "--json", *options]
    run = python(*words, cwd=folder, env=environment, timeout=900)
    assert run.stdout, run.stderr
    report = json.loads(run.stdout)
    met = {"holds": ("proved", "certified", "tested"), "refuted": ("refuted",)}
    fine = {c["id"]: c["verdict"] in met.get(c["expected"], (c["verdict"],)) for c in report["claims"]}
    status = {id: "green" if good else "red" for id, good in fine.items()}
    assert (run.returncode == 0) == ("red" not in status.values())
    return status


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_text_that_a_mutant_changes_stands_there(mutant: str) -> None:
    file, _, before, _ = MUTANTS[mutant]
    assert before in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_unchanged_copy_is_green(tmp_path) -> None:
    assert set(check(copy_of_checkout(tmp_path)).values()) == {"green"}


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutant_turns_the_check_red(mutant: str, tmp_path) -> None:
    file, breaks, before, after = MUTANTS[mutant]
    folder = copy_of_checkout(tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    red = {i for i, status in check(folder, "--only", *breaks).items() if status == "red"}
    for broken in breaks:
        assert any(i == broken or i.startswith(f"{broken}.") for i in red), (broken, sorted(red))
