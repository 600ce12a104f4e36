"""Compiled loops and the folder they are kept in, whatever has become of it."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from rankladder.simulate.compiling import Kernel, cache_folder

ROOT = Path(__file__).resolve().parents[2]


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


def test_versions_and_signatures_have_folders_of_their_own(folder, monkeypatch):
    here = cache_folder(made())
    assert here.is_relative_to(folder) and here == cache_folder(made())
    others = [cache_folder(made("int32(int32)")), cache_folder(made(name="other"))]
    monkeypatch.setattr(numba, "__version__", "0.0.1")
    assert len({here, *others, cache_folder(made())}) == 4


DAMAGE = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "noise": lambda content: b"\x93noise" * 50,
    "flipped": lambda content: content[:-40] + bytes([content[-40] ^ 1]) + content[-39:],
}


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("kind", DAMAGE)
def test_a_broken_cache_is_mended(folder, suffix, kind):
    assert not is_loaded(made())
    (path,) = folder.rglob(f"*.{suffix}")
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    assert not is_loaded(made()) and is_loaded(made())


def test_code_that_nothing_vouches_for_is_not_run(folder):
    assert not is_loaded(made())
    (cache_folder(made()) / "checksums").unlink()
    assert not is_loaded(made()) and is_loaded(made())


def test_no_folder_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert cache_folder(made()) is None and made()(10) == 55
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_mistake_in_a_kernel_is_told():
    with pytest.raises(Exception, match="no_such_name"):
        Kernel(lambda n: no_such_name(n), "int64(int64)", "wrong")(3)  # noqa: F821


def test_it_pays_once_the_interpreter_has_cost_as_much():
    loop = made()
    assert not loop.pays(0.0) and not loop.ready
    assert loop.pays(10.0)  # longer than it takes to load Numba
    loop(1)
    assert loop.ready and loop.pays(0.0)


@pytest.mark.slow
def test_workers_that_compile_at_once_do_not_disturb_each_other(folder):
    script = "from tests.simulate.test_compiling import made; print(made()(10))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(4)
    ]
    assert [worker.communicate()[0].strip() for worker in workers] == ["55"] * 4
    assert is_loaded(made())
