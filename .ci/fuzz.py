"""Feed the command line and the file readers what nobody should: no traceback, no hang, no wrong number, one clear line.

``python .ci/fuzz.py`` makes 10,000 command lines with their files, from a seed: 9,500 go through the command's entry
point within a few long-lived processes, 500 run as processes of their own, under changing environments. ``--sample N``
runs N and a twentieth of that as processes; ``--case NUMBER`` runs one again and shows what it printed.

Judged are: the exit code (0 to 3, or 4 where a user's own claim breaks); with 2, nothing on stdout and one line on stderr
that names the remedy; no warning ever; valid JSON where asked for; less than 30 s of processor time; and, on samples in
order, every number of ``data --json`` and ``simulate --json`` against an oracle that takes every step (``fuzz_oracle.py``).
"""

from __future__ import annotations

import collections
import contextlib
import io
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fuzz_words import Case, case_of

HANG = 30  # seconds of processor time
SILENCE = 900  # seconds without a word from a worker, on however busy a machine
ENVIRONMENTS: list[dict[str, str]] = [
    {}, {}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"COLUMNS": "1"}, {"COLUMNS": "x"}, {"COLUMNS": "99999"}, {"NO_COLOR": "1", "TERM": "dumb"},
    {"FORCE_COLOR": "1"}, {"RANKLADDER_STORE": "/proc/x"}, {"HOME": "/nonexistent", "MPLCONFIGDIR": "/proc/x"}, {"PYTHONWARNINGS": "error"}, {"TMPDIR": "/nonexistent"},
]  # fmt: skip


class Hang(BaseException):
    """More than 30 s of processor time: no handler of ordinary exceptions may swallow it."""


def judge(case: Case, code: int, out: str, err: str) -> list[str]:
    """What is wrong with what came of a case."""
    lines = err.splitlines()
    wrong = [f"{bad} on stderr" for bad in ("Traceback", "internal error", "Warning") if bad in err]
    if code not in case.codes:
        wrong.append(f"exit code {code}")
    if code == 2:
        if out:
            wrong.append("output on stdout beside exit code 2")
        if len(lines) != 1 or not lines[0].startswith("rankladder: ") or len(lines[0]) < 25:
            wrong.append(f"{len(lines)} lines on stderr beside exit code 2")
    doc: Any = None
    if "--json" in case.words and code != 2 and not {"-h", "--help", "--version"} & set(case.words) and out:
        try:
            doc = json.loads(out, parse_constant=_refuse)
        except ValueError as error:
            wrong.append(f"not JSON: {error}")
    if not wrong:
        for verify in case.verify:
            wrong += verify(out, err, code, doc)
    return wrong


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is not JSON")


def within(case: Case) -> tuple[int, str, str]:
    """Run through the entry point in this process."""
    from rankladder.app.main import main

    ways = ("strict", "backslashreplace")
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=way) for way in ways)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(case.words)
        except SystemExit as leave:  # --help and --version
            code = leave.code if isinstance(leave.code, int) else 1
        except Hang:
            code, _ = -1, err.write(f"\nTraceback: more than {HANG} s of processor time\n")
        except BaseException as error:
            code, _ = -2, err.write(f"\nTraceback: {type(error).__name__}: {error}\n")
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8", "backslashreplace"))  # type: ignore[attr-defined]
    return code, texts[0], texts[1]


def apart(case: Case, folder: Path, rng: random.Random) -> tuple[int, str, str]:
    """Run as a process of its own, in one of several environments."""
    words = [w.replace("\x00", "") for w in case.words]  # no system can hand over a NUL
    environment = {**os.environ, **rng.choice(ENVIRONMENTS)}
    encoding = {"PYTHONIOENCODING": "", **environment}["PYTHONIOENCODING"] or "utf-8"
    done = subprocess.run(
        ["rankladder", *(os.fsencode(w) if "\udcff" in w else w for w in words)],  # type: ignore[list-item]
        cwd=folder, env=environment, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=SILENCE / 2,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (HANG, HANG)),
    )  # fmt: skip
    case.words = words
    out, err = (stream.decode(encoding, "backslashreplace") for stream in (done.stdout, done.stderr))
    return done.returncode, out, err


@contextlib.contextmanager
def place() -> Iterator[Path]:
    """A fresh folder to stand in, with its own store."""
    folder, before = Path(tempfile.mkdtemp(prefix="fuzz-")), os.getcwd()
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)


def run_case(seed: int, number: int, *, alone: bool) -> dict[str, Any]:
    """Make a case, run and judge it."""
    with place() as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd numbers are made on purpose here
            case = case_of(seed, number, folder)
        began = time.process_time()
        if alone:
            code, out, err = apart(case, folder, random.Random(number))
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("error", RuntimeWarning)
                signal.setitimer(signal.ITIMER_PROF, HANG)
                try:
                    code, out, err = within(case)
                finally:
                    signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - began
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wrong = judge(case, code, out, err)
    return {"number": number, "words": case.words, "code": code, "wrong": wrong, "seconds": seconds, "out": out, "err": err, "alone": alone}  # fmt: skip


def _hang(*_: object) -> None:
    raise Hang


def worker(seed: int, numbers: list[int], every: int) -> None:
    """Run cases one after the other and report each in a line."""
    signal.signal(signal.SIGPROF, _hang)
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for number in numbers:
        report.write(json.dumps({"begins": number}) + "\n")
        report.flush()
        result = run_case(seed, number, alone=number % every == 0)
        result["out"], result["err"] = result["out"][-200:], result["err"][-400:]
        report.write(json.dumps(result) + "\n")
        report.flush()


def supervise(seed: int, numbers: list[int], every: int) -> Iterator[dict[str, Any]]:
    """Results of the cases; a worker that falls silent or dies is replaced, and its case is at fault."""
    left = list(numbers)
    while left:
        command = [sys.executable, __file__, "--seed", str(seed), "--every", str(every), "--worker"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        process.stdin.write(json.dumps(left))
        process.stdin.close()
        noise: list[str] = []
        drain = threading.Thread(target=lambda p=process, n=noise: n.extend(p.stderr), daemon=True)
        drain.start()
        at, watch = left[0], None
        while True:
            watch = threading.Timer(SILENCE, process.kill)
            watch.start()
            line = process.stdout.readline()
            watch.cancel()
            if not line:
                break
            said = json.loads(line)
            if "begins" in said:
                at = said["begins"]
            else:
                left.remove(said["number"])
                yield said
        process.wait()
        if left:
            drain.join(5)
            left.remove(at)
            yield {"number": at, "words": ["?"], "code": process.returncode, "wrong": ["the process died or fell silent"],
                   "seconds": 0.0, "out": "", "err": "".join(noise)[-400:], "alone": at % every == 0}  # fmt: skip


def main() -> int:
    """Run the script; return its exit code."""
    reader = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    reader.add_argument("--sample", type=int, default=10_000, metavar="N", help="how many cases (10,000)")
    reader.add_argument("--every", type=int, default=20, metavar="N", help="one case in N is a process (20)")
    reader.add_argument("--seed", type=int, default=0, metavar="N", help="fixes every case (0)")
    reader.add_argument(
        "--workers", type=int, default=2, metavar="N", help="processes that run the others (2)"
    )
    reader.add_argument("--case", type=int, metavar="NUMBER", help="run this one alone and show it")
    reader.add_argument("--worker", action="store_true", help=SUPPRESS)
    options = reader.parse_args()
    every = options.every
    if options.worker:
        worker(options.seed, json.loads(sys.stdin.read()), every)
        return 0
    if options.case is not None:
        signal.signal(signal.SIGPROF, _hang)
        result = run_case(options.seed, options.case, alone=options.case % every == 0)
        print(*(f"{name}: {value}" for name, value in result.items()), sep="\n")
        return 1 if result["wrong"] else 0
    print(
        f"sample: {options.sample} of 10000 cases, one in {every} as a process, seed {options.seed}",
        flush=True,
    )
    shares = [list(range(options.sample))[n :: options.workers] for n in range(options.workers)]
    results: list[dict[str, Any]] = []
    lock = threading.Lock()

    def collect(share: list[int]) -> None:
        for result in supervise(options.seed, share, every):
            with lock:
                results.append(result)
                if result["wrong"]:
                    print(
                        f"case {result['number']}: {'; '.join(result['wrong'][:3])}\n  {result['words']}\n  {result['err'].strip()[-300:]}",
                        flush=True,
                    )
                elif len(results) % 500 == 0:
                    print(f"{len(results)} done", flush=True)

    threads = [threading.Thread(target=collect, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wrong = [r for r in results if r["wrong"]]
    codes = collections.Counter(r["code"] for r in results)
    commands = collections.Counter(r["words"][0] if r["words"] else "" for r in results)
    print("commands: " + ", ".join(f"{n or '(none)'!s} {c}" for n, c in commands.most_common(11)))
    print("exit codes: " + ", ".join(f"{code}: {count}" for code, count in sorted(codes.items())))
    good = [r["words"] for r in results if r["code"] == 0 and r["words"]]
    checked = sum(words[0] in ("data", "simulate") and "--json" in words for words in good)
    print(f"{len(results)} cases, {sum(r['alone'] for r in results)} as processes, {checked} reports with numbers; "
          f"longest {max(r['seconds'] for r in results):.1f} s of processor time; {len(wrong)} at fault")  # fmt: skip
    return 1 if wrong or len(results) != options.sample else 0


if __name__ == "__main__":
    sys.exit(main())
