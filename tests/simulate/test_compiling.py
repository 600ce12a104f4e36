"""Compiled loops and the folder they are kept in, whatever has become of it."""

import pytest

from rankladder.simulate.compiling import Kernel, cache_folder
from tests.samples import one_in


def twice(x):
    return 2 * x


def triangle(n):
    total = 0
    for i in range(n + 1):
        total += twice(i)
    return total // 2


def made(signature="int64(int64)", name=""):
    return Kernel(triangle, signature, name, [twice])


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return tmp_path


def is_loaded(kernel):
    assert kernel(10) == kernel.interpreted(10) == 55
    return sum(kernel.compiled().stats.cache_hits.values()) == 1


DAMAGE = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "noise": lambda content: b"\x93noise" * 50,
    "flipped": lambda content: content[:-40] + bytes([content[-40] ^ 1]) + content[-39:],
}


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("kind", one_in(3, DAMAGE))
def test_a_broken_cache_is_mended(folder, suffix, kind):
    assert not is_loaded(made())
    (path,) = folder.rglob(f"*.{suffix}")
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    assert not is_loaded(made()) and is_loaded(made())


def test_code_that_nothing_vouches_for_is_not_run(folder):
    assert not is_loaded(made())
    (cache_folder(made()) / "checksums").unlink()
    assert not is_loaded(made()) and is_loaded(made())
