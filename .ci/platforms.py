"""The numerical tests with one and with two threads, and on two kinds of processor that OpenBLAS and NumPy can play.

``python .ci/platforms.py`` runs ``tests/simulate``, ``tests/theory`` and the tests of data analysis once in each of four
environments; ``--linalg`` only those that use linear algebra, ``--only N …`` in some of the environments. The tests
hold every number to a tolerance that stands beside its derivation, so passing in all four means that no result depends
on kernels, threads or vector units beyond it. What OpenBLAS says it plays is checked first: a setting that is not
heeded would prove nothing.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter

TESTS = ["tests/simulate", "tests/theory", "tests/properties/test_dataset.py"]
LINALG = [f"tests/simulate/test_{name}.py" for name in ("data", "flows", "networks", "problems")]
LINALG += ["tests/properties/test_dataset.py"]
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
# Prescott has SSE3 only, and NumPy's own loops then do without what they choose at run time; Haswell has AVX2 with fused
# multiply-add: what every x86-64 machine of the last ten years can run
ENVIRONMENTS: tuple[tuple[int, str | None], ...] = ((1, None), (2, None), (1, "Prescott"), (2, "Haswell"))
# the names by which OpenBLAS lists its kernels
KERNELS = {"Prescott": {"Prescott", "Katmai"}, "Haswell": {"Haswell"}}
ASK = (
    "import json, numpy, scipy.linalg, threadpoolctl;"
    "print(json.dumps([i for i in threadpoolctl.threadpool_info() if i['internal_api'] == 'openblas']))"
)


def environment(threads: int, core: str | None) -> dict[str, str]:
    """The variables of a run."""
    chosen = {**os.environ, **dict.fromkeys(THREADS, str(threads))}
    chosen.pop("OPENBLAS_CORETYPE", None)
    if core == "Prescott":
        chosen["NPY_DISABLE_CPU_FEATURES"] = " ".join(chosen_at_run_time())
    return chosen if core is None else {**chosen, "OPENBLAS_CORETYPE": core}


def chosen_at_run_time() -> list[str]:
    """The vector units that NumPy would use here and can do without."""
    try:
        from numpy._core import _multiarray_umath as units
    except ImportError:  # NumPy 1
        from numpy.core import _multiarray_umath as units
    return [name for name in units.__cpu_dispatch__ if units.__cpu_features__.get(name)]


def played(variables: dict[str, str]) -> list[dict[str, object]]:
    """What the OpenBLAS libraries of NumPy and SciPy say of themselves."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=variables, capture_output=True, text=True, check=True
    )
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def trial(threads: int, core: str | None, tests: list[str]) -> tuple[str, bool]:
    """Run the tests in one environment; returns the line to print and whether all was well."""
    variables = environment(threads, core)
    libraries = played(variables)
    kinds = sorted({str(library["architecture"]) for library in libraries})
    name = f"{threads} threads, {core or 'the default'} ({', '.join(kinds) or 'no OpenBLAS'})"
    if core is not None and not (libraries and set(kinds) <= KERNELS[core]):
        return f"{name}: not heeded", False
    if any(library["num_threads"] != min(threads, os.cpu_count() or 1) for library in libraries):
        return f"{name}: {[library['num_threads'] for library in libraries]} threads instead", False
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0:
        print(*lines[-40:], sep="\n")
    return (
        f"{name}: {lines[-1] if lines else done.stderr.strip()[-300:]} ({time.monotonic() - began:.0f} s)",
        done.returncode == 0,
    )


def main() -> int:
    """Run the script; return its exit code."""
    reader = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    reader.add_argument("--only", type=int, nargs="+", metavar="N", help="run these environments, from 1")
    reader.add_argument("--linalg", action="store_true", help="run the tests that use linear algebra")
    options = reader.parse_args()
    chosen = list(ENVIRONMENTS)
    if platform.machine().lower() not in ("x86_64", "amd64"):
        print("no x86-64 processor: its other kinds cannot be played")
        chosen = [one for one in chosen if one[1] is None]
    if options.only is not None:
        chosen = [one for number, one in enumerate(chosen, 1) if number in options.only]
    good = 0
    for threads, core in chosen:
        line, fine = trial(threads, core, LINALG if options.linalg else TESTS)
        good += fine
        print(line, flush=True)
    print(f"{good} of {len(chosen)} environments give the same results within the tolerances")
    return 0 if good == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
