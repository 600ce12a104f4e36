"""The command line: bad input is one line and exit code 2; output is what it promises."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rankladder.app.main import main
from tests.commands import answer, refusal

SIMULATE = ["simulate", "--sigma", "3,2,1", "--lam", "1,1,1", "--eta", "0.05", "--delta", "10"]


def changed(option: str, value: str) -> list[str]:
    words = list(SIMULATE)
    words[words.index(option) + 1] = value
    return words


@pytest.fixture
def files(tmp_path, monkeypatch) -> Path:
    rng = np.random.default_rng(5)
    np.save(tmp_path / "X.npy", rng.standard_normal((30, 4)))
    np.save(tmp_path / "Y.npy", rng.standard_normal((30, 2)))
    (tmp_path / "broken.py").write_text("from rankladder import claim\nx = 1 +\n")
    (tmp_path / "raises.py").write_text("from rankladder import claim\n\nundefined_name\n")
    stated = "from rankladder import Real, claim, symbols\n@claim('c.broken', over=dict(a=Real(0, 1)){})\n"
    (tmp_path / "lacking.py").write_text(stated.format("") + "def _(a): return {}['x']\n")
    (tmp_path / "listed.py").write_text(stated.format(", given=[symbols('a') < 1]") + "def _(a): return a\n")
    (tmp_path / "binary.py").write_bytes(b"\0\1\2")
    (tmp_path / "claims.py").write_text(
        "from rankladder import Int, Matrix, Real, Spectrum, claim\n"
        "claim('w-high', over=dict(n=Int(1, 9), x=Real(0, 1)))(lambda n, x: n * x)\n"
        "claim('w-sizes', over=dict(n=Int(1, 3), l=Spectrum('n'), E=Matrix('n', 'n')))(lambda l, E: E[0, 0] + l[0])\n"
        "claim('w-branch', over=dict(x=Real(0, 1)))(lambda x: x if x > 0 else -x)\n"
    )
    np.savez(tmp_path / "zero.npz", Sxx=np.eye(2), Sxy=np.zeros((2, 2)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["data", "missing.npy"], "does not exist"),
        (["data", "X.npy", "--eta", "0"], "above 0"),
        (["data", "X.npy", "--delta", "700.5"], "delta 700.5 must be at most 700: beyond it the start exp(-delta) is zero"),
        (["data", "X.npy", "--plot", "no/such/folder.png"], "does not exist"),
        (["data", "a" * 300 + ".npy"], "File name too long"),
        (["data", "X\x00.npy"], "cannot be a path"),
        (["data", "two\nlines.npy"], "two lines.npy does not exist"),
        (["data", "X.npy", "--delta=--"], "needs a value"),
        (["data", "Y.npy", "--html", "report.txt"], "report.txt"),
        (changed("--sigma", "a,b"), "expected a number"),
        (changed("--sigma", "3,2"), "2 values of sigma but 3 of lam"),
        (changed("--lam", "1,1,0"), "give lam > 0"),
        (changed("--lam", "1,1,1e-320"), "beyond 1e-300 to 1e+300; rescale the data, or drop that mode"),
        (changed("--eta", "1e308"), "eta 1e+308 times sigma 3 is beyond float64; use a smaller --eta"),
        (changed("--eta", "1e-308"), "takes more steps than can be counted"),
        ([*changed("--lam", "1,1,50")[:-1], "0.5"], "use --delta 1.957 or more"),
        (["check", "--only", "GD-99"], "nearest"),
        (["check", "--workers", "0"], "at least 1"),
        (["check", "--budget", "0"], "above 0"),
        (["check", "--seed", "-1"], "expected at least 0 but got -1"),
        (["check", "broken.py"], "line 2"),
        (["check", "raises.py"], "line 3: NameError"),
        (["check", "listed.py"], "Expected given= to name its parts but claim c.broken got [a < 1]; write given=dict("),
        (["check", "binary.py"], "claim file binary.py: source code string cannot contain null bytes"),
        (["check", "claims.py", "--only", "w-sizes", "--at", "n=0, l=(), E=[]"], "n = 0 is not in the integers 1 to 3"),
        (["check", "claims.py", "--only", "w-sizes", "--at", "n=1, l=(1,), E=[[]]"], "list of rows of numbers"),
        (["check", "--only", "LIN-1", "--html", "no/such/folder/report.html"], "no/such/folder"),
        (["check", "--data", "X.npy", "--only", "GD-4"], "matrix claim"),
        (["check", "--data", "zero.npz"], "nothing to learn"),
        (["boundary", "c.broken", "lacking.py", "--parameter", "a"], "lacking.py:2) broke: KeyError: 'x'"),
        (["boundary", "STEP-1.monotone", "--parameter", "s", "--width", "1e-40"], "width 1e-40 must be at least 1e-30"),
        (["explore", "GD-10.not-always-lagging", "--all-assumptions"], "assumes anything"),
        (["prove", ""], "must not be empty"),
        (["replay", "--store", "broken.py"], "store broken.py is no folder; give the folder"),
        (["show"], "the following arguments are required: ID; see rankladder show --help"),
        (["plot", "staircase", "--eta", "100"], "at most 2/4 = 0.5 but got 100; beyond, descent diverges"),
        (["plot", "staircase", "--delta", "1e300"], "at most 1e+15 steps"),
        (["plot", "nothing"], "choose from"),
        (["plot", "phase", "--s", "1"], "does not take --s"),
        (["plot", "flow", "--out", "p.jpeg"], ".png"),
        (["plot", "margin", "--claim", "GD-4.upper", "--x", "steps"], "no real parameter"),
        (["plot", "orders", "X.npy", "--sigma", "3"], "leave one out"),
        (["sweep", "--grid", "delta=1"], "give the normalised step"),
        (["sweep", "--grid", "s=0.5", "z0=0.5", "delta=1"], "give the start"),
        (["sweep", "--grid", "s=-1:1:3", "z0=0.5"], "must be between"),
        (["sweep", "--grid", "s=0.5", "z0=0.1:0.2:1000000000000"], "instances"),
        (["sweep", "--grid", "s=0.5", "s=0.7", "z0=0.5"], "given twice"),
        (["sweep", "RRR-2.whitened", "--sample", "3"], "no numbers"),
        (["sweep", "w-high", "claims.py", "--sample", "3", "--grid", "n=1:2:3"], "whole numbers"),
        (["sweep", "w-branch", "claims.py", "--sample", "3"], "cannot take arrays"),
        (["new", "claims.py"], "exists and is left as it is"),
        (["new", "no/such/claims.py"], "create it first"),
        (["nonsense"], "invalid choice"),
        ([], "required"),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_changes_no_file(files: Path, capsys, words: list[str], message: str) -> None:
    before = {file: file.read_bytes() for file in files.iterdir()}
    assert message in refusal(capsys, *words)
    assert {file: file.read_bytes() for file in files.iterdir() if file.is_file()} == before


def test_data_reports_every_key(files: Path, capsys) -> None:
    report = answer(capsys, "data", "X.npy", "Y.npy", "--plot", "out.png")
    keys = ["shape", "modes", "noncommuting_share", "order_consistent", "step_sizes", "starts", "assertions"]
    of_rank = ["rank", "transition_step", "predicted_step", "distance_to_rrr", "distance_to_plateau", "loss", "rrr_loss"]  # fmt: skip
    assert set(keys) <= set(report) and set(report["starts"]) == {"spectral", "gaussian"}
    assert set(report["assertions"]) == {"A1", "A2", "A3", "A4", "A5"}
    for row in (row for rows in report["starts"].values() for row in rows):
        assert set(of_rank) <= set(row)
        assert row["loss"] >= row["rrr_loss"] - 1e-9 or row["distance_to_rrr"] > 1e-3
    assert (files / "out.png").stat().st_size > 5_000


CLAIMS = """
from rankladder import Int, Real, claim, forall, logit, symbols
from rankladder.simulate import descent
s, z0 = symbols("s z0")

@claim("my-rate", over=dict(s=Real(0, 4), z0=Real(0, 4), steps=Int(1, 12)),
       given={"small-step": 2 * s < 1, "small-start": z0 < 1}%s)
def _(s, z0, steps):
    z = descent(s, z0, steps)
    return forall((logit(z0) + 2 * s * z.k - z.logit)[1:])
"""


QUICK = ["check", "--profile", "quick", "--workers", "1"]


def test_own_claims_and_exit_codes(files: Path, capsys) -> None:
    (files / "mine.py").write_text(CLAIMS % "")
    found = answer(capsys, *QUICK, "mine.py", code=1)
    assert found["summary"] == {"as_expected": 0, "unexpected": 1, "inconclusive": 0}
    (claim,) = found["claims"]
    assert claim["verdict"] == "refuted"
    values = claim["counterexample"]["values"].values()
    assert max(Fraction(value["exact"]).denominator for value in values) <= 64
    (files / "mine.py").write_text(CLAIMS % ', expects="refuted"')
    assert main([*QUICK, "mine.py"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1].startswith("1 claim: 1 as expected, 0 unexpected, 0 inconclusive")
    (files / "vacuous.py").write_text(
        "from rankladder import Int, claim, forall\n"
        "@claim('v', over=dict(n=Int(1, 3)))\ndef _(n): return forall([2] * (n - 3))\n"
    )
    assert main([*QUICK, "vacuous.py"]) == 3
    (files / "error.py").write_text(
        "from rankladder import Real, claim\n@claim('e', over=dict(x=Real(0, 1)))\ndef _(x):\n    return x.foo\n"
    )
    assert main([*QUICK, "error.py"]) == 4
    capsys.readouterr()


def test_workers_do_not_change_verdicts(files: Path, capsys) -> None:
    (files / "mine.py").write_text(CLAIMS % "" + CLAIMS.replace("my-rate", "my-other-rate") % "")
    one, two = (
        answer(capsys, "check", "mine.py", "--profile", "quick", "--workers", n, code=1)["claims"]
        for n in "12"
    )
    for a, b in zip(one, two, strict=True):
        for key in ("id", "verdict", "margin", "counterexample", "instances", "region"):
            assert a[key] == b[key]


def test_an_exact_zero_where_more_is_claimed_has_no_size(files: Path, capsys) -> None:
    (files / "strict.py").write_text(
        "from rankladder import Real, lemma, symbols\nx = symbols('x')\n"
        "lemma('strict', (x - 1) ** 2 > 0, over=dict(x=Real(0, 2)))\n"
    )
    checked = answer(capsys, "check", "strict.py", code=1)["claims"][0]
    found = checked["counterexample"]
    assert checked["margin"] == found["margin"] == found["worst"]["margin"] == 0
    explored = answer(capsys, "explore", "strict", "strict.py", "--budget", "5", code=1)
    assert explored["simple"]["margin"] == 0
    assert answer(capsys, "check", "strict.py", "--at", "x=1", code=1)["at"]["margin"]["mid"] == 0
    main(["prove", "strict", "strict.py"])
    assert "counterexample x=1 (margin 0, where > 0 is claimed)" in capsys.readouterr().out


def test_what_cannot_be_told_from_equality_is_inconclusive(files: Path, capsys) -> None:
    stated = "claim('eq', over=dict(x=Real(0, 4)))(lambda x: sqrt(x + 1 + 2 * sqrt(x)) - 1 - sqrt(x){})\n"
    (files / "equal.py").write_text(f"from rankladder import Real, claim, sqrt\n{stated.format(' - 1')}")
    answer(capsys, "explore", "eq", "equal.py", "--budget", "5", code=1)
    (files / "equal.py").write_text(f"from rankladder import Real, claim, sqrt\n{stated.format('')}")
    assert answer(capsys, "check", "equal.py", "--at", "x=2", code=3)["at"]["as_equal"] is True
    assert answer(capsys, "check", "equal.py", "--at", "x=1")["at"]["as_equal"] is False
    assert main(["check", "equal.py", "--at", "x=3"]) == 3
    capsys.readouterr()
    assert main(["replay", "--claims", "equal.py"]) == 3
