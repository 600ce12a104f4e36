"""Loops compiled by Numba when they are long enough to pay for it, and kept on disk between runs.

A :class:`Kernel` is a plain Python loop with one type signature. Nothing is imported before it is first needed
(Numba takes about half a second), so short runs stay interpreted. Compiling reorders no arithmetic: no fast-math,
no contraction; where the loop is ordinary IEEE arithmetic the two give the same bits, and which of them ran shows
in the time only.

The compiled code is kept in a directory of its own for every kernel, every text of the file that defines it and
every version of Numba, NumPy and Python: parallel workers that compile the same kernel at once write the same
thing (each file is moved into place whole), and no version reads another's code. A checksum guards what is read.
A directory that cannot be written, or holds something broken, is no error: the kernel is compiled afresh.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["Kernel", "cache_folder", "kernel"]

# Seconds to load Numba, and to load a kernel from disk once Numba is there; compiling one takes a second or two,
# but only once on a machine.
PRICE, PRICE_OF_ONE = 0.5, 0.03
_SEALS = "checksums"
_SETTING = "CACHE_DIR"
_LOCK = threading.RLock()
_INLINED: set[Callable[..., Any]] = set()  # what Numba has been told to compile into its callers


class Kernel:
    """A loop that runs interpreted or compiled, with the same result.

    Args:
        function: the loop; everything it needs is in its own text, its closure, its module's constants, or ``uses``.
        signature: its one type, as Numba writes it: ``"float64(float64[::1], int64)"``.
        name: name of the directory it is kept in; by default that of the function.
        uses: plain functions that it calls; they are compiled into it.

    Attributes:
        interpreted: the loop as it is written.

    >>> twice = Kernel(lambda x: 2.0 * x, "float64(float64)", "twice")
    >>> twice.interpreted(1.5)
    3.0
    """

    # Seconds that all kernels of this process together have taken so far, interpreted.
    _spent = 0.0

    def __init__(
        self,
        function: Callable[..., Any],
        signature: str,
        name: str = "",
        uses: Sequence[Callable[..., Any]] = (),
    ) -> None:
        self.interpreted = function
        self.uses = tuple(uses)
        self.signature = signature
        self.name = name or function.__name__
        self._compiled: Callable[..., Any] | None = None
        self._own_spent = 0.0

    def __call__(self, *arguments: Any) -> Any:
        """Run the compiled loop, compiling or loading it first if need be."""
        return self.compiled()(*arguments)

    @property
    def ready(self) -> bool:
        """Whether the compiled loop is loaded."""
        return self._compiled is not None

    def pays(self, seconds: float) -> bool:
        """Whether to run compiled, given how long the interpreter would take about.

        Compiles once what was interpreted so far, and this, would have paid for loading it: so neither a single
        long run nor many short ones ever cost more than twice the better choice. For kernels whose two
        ways give the same bits; where they do not, the choice must be made from the arguments alone.
        """
        self._own_spent += seconds
        Kernel._spent += seconds
        if self.ready:
            return True
        loaded = "numba" in sys.modules or Kernel._spent > PRICE
        return loaded and self._own_spent > PRICE_OF_ONE

    def compiled(self) -> Callable[..., Any]:
        """The compiled loop, from the cache where possible."""
        if self._compiled is None:
            with _LOCK:
                if self._compiled is None:
                    self._compiled = self._compile()
        return self._compiled

    def _compile(self) -> Callable[..., Any]:
        from numba import njit
        from numba.extending import register_jitable

        for function in self.uses:
            if function not in _INLINED:
                _INLINED.add(register_jitable(inline="always")(function))
        options = {"error_model": "numpy", "fastmath": False}
        folder = cache_folder(self)
        if folder is not None:
            # The second attempt follows the removal of what was broken, so that the next run is quick again.
            for _ in range(2):
                try:
                    _discard_unless_sealed(folder)
                    with _numba_cache(folder):
                        made = njit(self.signature, cache=True, **options)(self.interpreted)
                    _seal(folder)
                    return made  # type: ignore[no-any-return]
                except Exception:
                    # Whatever a file can do: end too early, hold anything, vanish, find no space. A mistake
                    # in the kernel itself is raised below, where no file is involved.
                    _discard(folder)
        return njit(self.signature, **options)(self.interpreted)  # type: ignore[no-any-return]


def kernel(
    signature: str, name: str = "", uses: Sequence[Callable[..., Any]] = ()
) -> Callable[[Callable[..., Any]], Kernel]:
    """Decorator that makes a :class:`Kernel` of a loop."""
    return lambda function: Kernel(function, signature, name, uses)


def cache_folder(made: Kernel) -> Path | None:
    """The directory for a kernel's code, created if need be; None where none can be written.

    It lies in ``NUMBA_CACHE_DIR`` if that is set, otherwise in the user's cache directory.
    """
    import numba
    import numpy
    from platformdirs import user_cache_path

    try:
        files = {function.__code__.co_filename for function in (made.interpreted, *made.uses)}
        text = b"".join(Path(file).read_bytes() for file in sorted(files))
        versions = (numba.__version__, numpy.__version__, sys.version, platform.machine(), made.signature)
        digest = hashlib.blake2b(text + repr(versions).encode(), digest_size=8).hexdigest()
        base = Path(os.environ.get("NUMBA_CACHE_DIR") or user_cache_path()).expanduser()
        folder = base / "rankladder-kernels" / f"{made.name}-{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # no home directory is a RuntimeError
        return None


@contextmanager
def _numba_cache(folder: Path) -> Iterator[None]:
    """Scope in which Numba keeps what it compiles in ``folder``; other users of Numba see no change."""
    from numba.core import config

    before = getattr(config, _SETTING)
    setattr(config, _SETTING, str(folder))
    try:
        yield
    finally:
        setattr(config, _SETTING, before)


def _checksums(folder: Path) -> str:
    """A line with the checksum and the name of each file of code."""
    return "".join(
        f"{hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()} {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".nbi", ".nbc"}
    )


def _seal(folder: Path) -> None:
    """Write the checksums of the code beside it, whole or not at all."""
    lines = _checksums(folder)
    target = folder / _SEALS
    with suppress(OSError, UnicodeDecodeError):
        if target.read_text(encoding="utf-8") == lines:
            return
    handle, part = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(lines)
    os.replace(part, target)


def _discard_unless_sealed(folder: Path) -> None:
    """Remove code that is not what was written: machine code with a flipped bit would run."""
    try:
        sealed = (folder / _SEALS).read_text(encoding="utf-8") == _checksums(folder)
    except (OSError, UnicodeDecodeError):
        sealed = False
    if not sealed:
        _discard(folder)


def _discard(folder: Path) -> None:
    for path in list(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
