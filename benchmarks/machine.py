"""What the numbers were measured on: versions, the BLAS kernel and thread counts, the compiler."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from typing import Any

__all__ = ["THREADS", "compiler", "describe", "limit_threads"]

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
PACKAGES = ("numpy", "scipy", "numba", "python-flint", "mpmath", "torch", "threadpoolctl")


def limit_threads() -> None:
    """One thread for every library; must run before they are loaded."""
    for name in THREADS:
        os.environ[name] = "1"


@functools.cache
def compiler() -> str | None:
    """A C compiler, or None."""
    return next(filter(None, map(shutil.which, (os.environ.get("CC") or "cc", "gcc", "clang"))), None)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _blas() -> list[dict[str, Any]]:
    import scipy.linalg  # noqa: F401 - the BLAS that compiled loops call is SciPy's

    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    return [
        {key: pool.get(key) for key in ("internal_api", "version", "architecture", "num_threads")}
        | {"file": os.path.basename(pool["filepath"])}
        for pool in threadpool_info()
    ]


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def describe() -> dict[str, Any]:
    """All of it, as JSON can hold it."""
    found = compiler()
    said = (
        ""
        if found is None
        else subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    )
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {package: _version(package) for package in PACKAGES},
        "blas": _blas(),
        "blas_settings": {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")},
        "threads": {name: os.environ.get(name) for name in THREADS},
        "compiler": said.splitlines()[0] if said else None,
        "clock": "time of the process",
    }
