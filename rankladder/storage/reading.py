"""Which files a process reads: Python's audit events tell, so a kept verdict knows all that it rests on.

A claim's file may import a module of its own, read a table, list a folder, ask for a variable of the environment. What
is installed (it has a version) and what ships with rankladder (it has a digest) is left to others.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rankladder.storage.files import cache_folder

__all__ = ["files_read", "listen", "state_of"]

_PACKAGE = Path(__file__).resolve().parents[1]
_LINKED = ("properties", "simulate", "theory")  # links of a clone, to folders beside the package
_SYSTEM = ("/dev", "/proc", "/sys")
_COMPILED = (".nbi", ".nbc")  # Numba's caches of its own
_CHANGED = "changed while it was read"

_states: dict[str, str] = {}  # by path: what a file was when it was read first
_stamps: dict[str, tuple[int, ...]] = {}
_seen: set[str] = set()  # files of modules that were looked at since then
_before: set[str] = set()  # files of the modules that were there before anybody listened
_listening = _busy = False


def listen() -> None:
    """Remember from now on what this process reads.

    What an earlier command of the same process has read matters no more, unless a module that it imported is still there;
    claim files are loaded anew.
    """
    global _listening
    here = {n: f for n, m in list(sys.modules.items()) if isinstance(f := getattr(m, "__file__", None), str)}
    if not _listening:
        _before.update(here.values())
    if not any(f in _states and f not in _before and not n.startswith("_claims_") for n, f in here.items()):
        _states.clear()
        _stamps.clear()
        _seen.clear()
    if not _listening:
        _listening = True
        sys.addaudithook(_hear)


def files_read() -> dict[str, str] | None:
    """The state of every file and folder that was read, by path; None where one of them changed meanwhile."""
    for module in list(sys.modules.values()):  # some may have been imported before anybody listened
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file not in _seen:
            _seen.add(file)
            _note(file, again=False)
    return None if _CHANGED in _states.values() else dict(_states)


def state_of(path: str) -> str:
    """A digest of a file, with the variables of the environment that it names; of a folder, of what it lists.

    >>> state_of(__file__) == state_of(__file__) != state_of("no such file")
    True
    """
    try:
        text = _listed(path) if os.path.isdir(path) else Path(path).read_bytes()
    except OSError:
        return "not there"
    digest = hashlib.blake2b(text, digest_size=16)
    if path.endswith(".py"):
        for name, value in sorted(os.environ.items()):
            word = name.encode("utf-8", "surrogateescape")
            if b'"%b"' % word in text or b"'%b'" % word in text:
                digest.update(f"{name}={value}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _listed(folder: str) -> bytes:
    names = [name for name in os.listdir(folder) if name != "__pycache__" and not name.startswith(".")]
    return "\0".join(sorted(names)).encode("utf-8", "surrogateescape")


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    global _busy
    if event not in ("open", "os.listdir", "os.scandir") or _busy:
        return
    _busy = True
    try:
        path = arguments[0]
        if event == "open":
            flags = arguments[2]
            if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR) == os.O_WRONLY:
                return
        elif "importlib" in (asks := sys._getframe(1).f_code.co_filename) or asks.startswith(str(_PACKAGE)):
            return  # for a module, or for what is installed
        if path is None:
            path = "."
        if isinstance(path, str | bytes | os.PathLike):
            _note(os.fsdecode(path))
    except Exception:  # whatever the path is: who opens it must not see an error of ours
        _states[repr(arguments)] = _CHANGED
    finally:
        _busy = False


def _note(path: str, *, again: bool = True) -> None:
    path = os.path.abspath(path)
    if path.endswith(".pyc"):
        try:
            path = importlib.util.source_from_cache(path)
        except ValueError:
            return
    if (path in _states and not again) or not _counts(os.path.realpath(path)):
        return
    try:
        found = os.stat(path)
        stamp: tuple[int, ...] = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    except OSError:
        stamp = ()
    if path in _states and _stamps[path] == stamp:
        return
    state = state_of(path)
    _states[path] = state if _states.get(path, state) == state else _CHANGED
    _stamps[path] = stamp


@cache
def _counts(path: str) -> bool:
    installed = {"site-packages", "dist-packages"} & set(Path(path).parts)
    return not installed and not path.endswith(_COMPILED) and not Path(path).is_relative_to(cache_folder()) and not any(
        path == root or path.startswith(root + os.sep) for root in _elsewhere()
    )  # fmt: skip


@cache
def _elsewhere() -> tuple[str, ...]:
    libraries: Mapping[str, str] = sysconfig.get_paths()
    roots = [libraries["stdlib"], libraries["platstdlib"], str(_PACKAGE)]
    roots += [os.path.join(_PACKAGE, name) for name in _LINKED]
    return (*_SYSTEM, *(os.path.realpath(root) for root in roots))
