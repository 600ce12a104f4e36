"""Command lines for the fuzzer: every command, every option, with values that fit and values that do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz_files import claim_file, data_file, document, good_data, junk, write_good
from fuzz_oracle import centred, check_data, check_simulate, nothing_to_learn, starts_too_high

__all__ = ["Case", "case_of"]

NUMBERS = [
    "0", "1", "-1", "0.5", "1e-3", "3", "10", "1e400", "nan", "inf", "-inf", "", " ", "x", "1e-320", "1e308", "1_000",
    "0x10", "٣", "1,2", "-0.0", "5e-324", "9" * 400, "--", "-", "1e6",
]  # fmt: skip
WHOLES = ["0", "1", "2", "7", "-1", "1.5", "x", "", "1e3", "99999999999999999999", "-0", "٣"]
IDS = [
    "GD-4", "GD-4.upper", "gd", "GD-99", "FLOW", "nothing", "", ".", "GD-4.", "*", "GD-4.upper.x", "\udcff", "RRR-3",
    "é" * 50, "STEP-1.monotone", "-GD", "LIN-1 ", "a b", "0",
]  # fmt: skip
LISTS = [
    "3,2,1", "1,1,1", "1", "2,1", "", ",", "1,", "a", "1,nan", "1e400,1", "-1,2", "0,0", "1e-320,1", "1e308,1e308",
    "1;2", "1, 2", "5,0", "1," * 60 + "1", "1e-10,1",
]  # fmt: skip
PLACES = ["out.png", "out.svg", "out.pdf", "out.txt", "out", "", ".", "missing/out.png", "/dev/null", "/proc/out.png", "/proc/out.html", "folder", "folder/out.html", "out.html", "out.md", "out.npz",
          "out.parquet", "a" * 300 + ".png", "a" * 300 + ".html", "x\x00.png", "\udcff.png", "/dev/full", "here.png", "here.html", "here.npz", "here.md", "/proc/out.npz", "/proc/out.md", "~/x/out.png"]  # fmt: skip
INSTANCES = ["s=1/2, z0=1/4, steps=3", "s=1/2", "", "s=", "s=1/0", "f(x)", "s=1/2, s=1/3", "s=nan", "s=" + "(" * 100, "s=1e400", "s=1/2, z0=1/4, steps=-1", "__import__('os')", "s=[]", "s=(1, 2)",
             "z0=1", "s=1/2, z0=1/4, steps=1/2", "s='1/2', z0='x', steps=3", "OneMode(s=1/3, z0=1/9, steps=2)", "s=9**9**9", "s=1/2,", "\x00", "s=1/2, z0=2, steps=3", "U=Reflections(2, ((0, 0),))"]  # fmt: skip
GRIDS = ["s=0.1:0.5:3", "s=0.1:0.5", "s", "=", "s=1", "s=0:1:0", "s=1:0:3", "s=a:b:3", "delta=1:5:3:log", "z0=0.1:0.2:2", "theta=0.5", "q=1", "s=0:1:3:log", "s=0.1:0.5:3:x", "s=nan:1:2",
         "s=1e400:1:2", "s=0.1:0.5:-1", "", "s=0.1:0.5:2.5", "theta=2", "s=-1", "s=0.3:0.3:1", "z0=5e-324", "delta=1e300", "s=1e-300"]  # fmt: skip

Verify = Callable[[str, str, int, Any], list[str]]


@dataclass
class Case:
    """A command line and what may come of it; ``verify`` gets stdout, stderr, the exit code, the JSON document."""

    words: list[str]
    codes: frozenset[int] = frozenset((0, 1, 2, 3))
    verify: list[Verify] = field(default_factory=list)

    def allow_errors(self) -> Case:
        """A user's claim may break, and then the verdict is ``error``: exit code 4."""
        self.codes |= {4}
        return self


def _some(rng: random.Random, options: dict[str, list[str] | None], most: int = 3) -> list[str]:
    words: list[str] = []
    for name in rng.sample(list(options), min(len(options), rng.randint(0, most))):
        if (values := options[name]) is None:
            words.append(name)
        else:
            value = rng.choice(values)
            words += [f"{name}={value}"] if rng.random() < 0.5 else [name, value]
    return words


def _json(rng: random.Random) -> list[str]:
    return ["--json"] if rng.random() < 0.5 else []


def _wild_data(rng: random.Random, folder: Path) -> Case:
    words = ["data", data_file(rng, folder, "one")]
    if rng.random() < 0.3:
        words.append(data_file(rng, folder, "two"))
    options = {"--eta": NUMBERS, "--delta": NUMBERS, "--max-steps": ["1", "50", "0", "x"], "--seed": WHOLES, "--plot": PLACES, "--html": PLACES, "--center": None, "--no-center": None, "--standardize": None, "--one-hot": None, "--target": ["1", "2", "0", "a", "x", ""]}  # fmt: skip
    if "--max-steps" not in (more := _some(rng, options) if rng.random() < 0.5 else []):
        more += ["--max-steps", "200"]
    return Case(words + more + _json(rng))


def _right_data(rng: random.Random, folder: Path) -> Case:
    data = good_data(rng)
    center, standardize, seed = rng.random() < 0.8, rng.random() < 0.3, rng.randrange(3)
    delta = rng.choice([10.0, 10.0, 10.0, 4.0, 16.0])
    steps = rng.choice([1, 60, 300, 1200])
    words = ["data", *write_good(rng, folder, data), "--max-steps", str(steps), "--seed", str(seed), "--json"]
    words += [] if center else ["--no-center"]
    words += ["--standardize"] if standardize else []
    words += [] if delta == 10.0 else ["--delta", str(delta)]
    X, Y = centred(data.X, data.Y, center=center, standardize=standardize)

    def verify(out: str, err: str, code: int, doc: Any) -> list[str]:
        if code == 2:
            excused = ("z0 > 1" in err and starts_too_high(X, Y, delta)) or (
                "is zero to rounding" in err and nothing_to_learn(X, Y)
            )
            return [] if excused else [f"good data were refused: {err.strip()}"]
        return check_data(doc, X, Y, default_eta=True, seed=seed)

    return Case(words, frozenset((0, 2)), [verify])


def _simulate(rng: random.Random, folder: Path) -> Case:
    if rng.random() < 0.5:
        words = ["simulate"]
        for name, values in (("--sigma", LISTS), ("--lam", LISTS), ("--eta", NUMBERS), ("--delta", NUMBERS)):
            if rng.random() < 0.95:
                words += [name, rng.choice(values)]
        return Case(words + _some(rng, {"--plot": PLACES}) + _json(rng))
    m = rng.randint(1, 4)
    sigma = [rng.choice([0.0, rng.uniform(0.05, 3)]) if i else rng.uniform(0.05, 3) for i in range(m)]
    lam = [rng.uniform(0.1, 3) for _ in range(m)]
    eta, delta = rng.uniform(0.005, 1.9) / max(sigma), rng.uniform(2, 30)
    modes = ["--sigma", ",".join(map(repr, sigma)), "--lam", ",".join(map(repr, lam))]
    words = ["simulate", *modes, "--eta", repr(eta), "--delta", repr(delta), "--json"]

    def verify(out: str, err: str, code: int, doc: Any) -> list[str]:
        return check_simulate(doc, sigma, lam, eta, delta)

    return Case(words, frozenset((0,)), [verify])


def _check(rng: random.Random, folder: Path) -> Case:
    words = ["check", "--workers", "1"]
    words += [claim_file(rng, folder)] if rng.random() < 0.7 else []
    if len(words) == 3 or rng.random() < 0.2:
        ids = ["GD-99", "", "STEP-1.monotone", "GD-4.step-upper", "nothing", "mine"]
        words += ["--only", rng.choice(ids)]
    if rng.random() < 0.2:
        words.append(f"--at={rng.choice(INSTANCES)}")
    if rng.random() < 0.15:
        words += ["--against", rng.choice([document(rng, folder, "old"), "missing.json", "folder"])]
    options = {"--profile": ["quick", "x", ""], "--seed": WHOLES, "--budget": ["1", "0", "-1", "nan", "x", "1e-9"], "--fresh": None, "--html": PLACES}  # fmt: skip
    words += [*_some(rng, options, 2), "--examples", rng.choice(["1", "5", "20", "0", "-3", "x", "5"])]
    return Case(words + _json(rng)).allow_errors()


def _explore(rng: random.Random, folder: Path) -> Case:
    targets = [claim_file(rng, folder), rng.choice(IDS[3:]), "STEP-1.monotone", "GD-10.not-always-lagging"]
    words = ["explore", rng.choice(targets), "--workers", "1"]
    options = {"--drop": ["small-step", "x", "", "a"], "--all-assumptions": None, "--refuted": None, "--markdown": PLACES, "--store": ["store", "here.png", "/proc/x", "", "a" * 300, "missing/deep"], "--resume": None, "--seed": WHOLES}  # fmt: skip
    words += ["--examples", rng.choice(["1", "30", "0"]), "--budget", rng.choice(["1", "0.2", "0", "x"])]
    return Case(words + _some(rng, options, 3) + _json(rng)).allow_errors()


def _boundary(rng: random.Random, folder: Path) -> Case:
    words = ["boundary", rng.choice([*IDS, "GD-4.lower"])]
    words += [claim_file(rng, folder)] if rng.random() < 0.4 else []
    words += ["--parameter", rng.choice(["s", "z0", "", "x", "steps"])] if rng.random() < 0.9 else []
    words += ["--budget", rng.choice(["0.5", "1", "0", "x"])]
    return Case(words + _some(rng, {"--width": NUMBERS, "--seed": WHOLES}) + _json(rng)).allow_errors()


def _prove(rng: random.Random, folder: Path) -> Case:
    words = ["prove", rng.choice(["mine", "GD-99", "", "GD-4.step-upper", "nothing", "STEP-5"])]
    words += [claim_file(rng, folder)] if rng.random() < 0.6 else []
    options = {"--smtlib": ["smt", "here.png", "/proc/x", "a" * 300, ""]}
    return Case(words + _some(rng, options) + _json(rng)).allow_errors()


def _replay(rng: random.Random, folder: Path) -> Case:
    words = ["replay"]
    for number in range(rng.choice([0, 1, 1, 2])):
        stored, odd = document(rng, folder, f"stored{number}"), data_file(rng, folder, f"odd{number}")
        words += [rng.choice([stored, "missing.json", "folder", odd])]
    words += ["--claims", claim_file(rng, folder)] if rng.random() < 0.2 else []
    options = {"--store": ["folder", ".", "missing", "here.png", "", "a" * 300]}
    return Case(words + _some(rng, options, 1) + _json(rng)).allow_errors()


def _look(rng: random.Random, folder: Path) -> Case:
    kind = rng.randrange(4)
    if kind == 0:
        words = ["list", *_some(rng, {"--only": IDS}, 1)]
        words += [claim_file(rng, folder)] if rng.random() < 0.5 else []
    elif kind == 1:
        words = ["show", rng.choice(IDS), *_some(rng, {"--latex": None}, 1)]
    elif kind == 2:
        files = ["mine.py", "here.py", "folder.py", "missing/x.py", "/proc/x.py", "a" * 300 + ".py"]
        words = ["new", rng.choice(PLACES + files)]
    else:
        options = {"--out": PLACES, "--steps": ["1", "0", "9", "x", "300"], "--sigma": LISTS, "--lam": LISTS}
        options |= dict.fromkeys(("--eta", "--delta", "--s", "--z0"), NUMBERS)
        pictures = [*["staircase", "sandwich", "flow"] * 2, "margin", "nothing", ""]
        words = ["plot", rng.choice(pictures), *_some(rng, options, 4)]
        words += [f"--claim={rng.choice(IDS)}"] if rng.random() < 0.2 else []
    return Case(words + _json(rng)).allow_errors()


def _sweep(rng: random.Random, folder: Path) -> Case:
    words = ["sweep", *([rng.choice([*IDS, claim_file(rng, folder)])] if rng.random() < 0.4 else [])]
    for name in ("--grid", "--range"):
        if rng.random() < 0.6:
            words += [name, *rng.sample(GRIDS, rng.randint(1, 3))]
    options = {"--sample": ["1", "30", "0", "x"], "--out": PLACES, "--seed": WHOLES, "--resume": None}
    return Case([*words, *_some(rng, options), "--workers", "1", *_json(rng)]).allow_errors()


def _nonsense(rng: random.Random, folder: Path) -> Case:
    pool = "check data --json --help -h --version -- - --nothing --seed 3 x simulate --eta=1 @file plot list -1 --jso"
    pool = [*pool.split(), "", "\x00", "\udcff"]
    words = [rng.choice(pool) for _ in range(rng.randint(0, 4))]
    return Case([w for w in words if w != "check"] if "check" in words else words)


_KINDS: list[tuple[int, Callable[[random.Random, Path], Case]]] = [
    (34, _wild_data), (16, _right_data), (8, _simulate), (9, _check), (5, _explore), (4, _boundary), (3, _prove), (6, _replay), (8, _look), (4, _sweep), (3, _nonsense),
]  # fmt: skip


def case_of(seed: int, number: int, folder: Path) -> Case:
    """The case of this number: its files written to the folder, its command line."""
    rng = random.Random(f"{seed}/{number}")
    (folder / "folder").mkdir()
    (folder / "folder.py").mkdir()
    for name in ("here.png", "here.html", "here.npz", "here.md", "here.py"):
        (folder / name).write_bytes(junk(rng) if rng.random() < 0.5 else b"")
    (make,) = rng.choices([k for _, k in _KINDS], [w for w, _ in _KINDS])
    return make(rng, folder)
