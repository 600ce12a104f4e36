import os
import subprocess
import sys
from pathlib import Path

import pytest

from rankladder.simulate import compiling
from rankladder.simulate.compiling import Kernel, cache_folder

ROOT = Path(__file__).resolve().parents[2]


def triangle(n):
    total = 0
    for i in range(n + 1):
        total += i
    return total


def made():
    return Kernel(triangle, "int64(int64)")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return tmp_path


def hits(compiled):
    return sum(compiled.stats.cache_hits.values())


def code(folder, suffix):
    (found,) = folder.rglob(f"*.{suffix}")
    return found


def test_the_second_process_would_load_what_the_first_compiled(folder):
    first, second = made(), made()
    assert first(10) == 55 and hits(first.compiled()) == 0
    assert second(10) == 55 and hits(second.compiled()) == 1
    assert not list(folder.rglob("*.tmp*"))


def test_versions_and_signatures_have_directories_of_their_own(folder, monkeypatch):
    import numba

    here = cache_folder(made())
    assert here.is_relative_to(folder) and here == cache_folder(made())
    others = [
        cache_folder(Kernel(triangle, "int32(int32)")),
        cache_folder(Kernel(triangle, "int64(int64)", "other")),
    ]
    monkeypatch.setattr(numba, "__version__", "0.0.1")
    others.append(cache_folder(made()))
    assert len({here, *others}) == 4


def test_numbas_own_setting_is_left_alone(folder):
    from numba.core import config

    before = config.CACHE_DIR
    made()(3)
    assert before == config.CACHE_DIR


DAMAGE = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "noise": lambda content: b"\x93noise" * 50,
    "flipped": lambda content: content[:-40] + bytes([content[-40] ^ 1]) + content[-39:],
}


def damage(folder, suffix, kind):
    made()(3)
    path = code(folder, suffix)
    path.write_bytes(DAMAGE[kind](path.read_bytes()))


def is_mended():
    again, after = made(), made()
    assert again(10) == 55 and hits(again.compiled()) == 0
    assert after(10) == 55 and hits(after.compiled()) == 1


@pytest.mark.parametrize(("suffix", "kind"), [("nbi", "cut"), ("nbc", "flipped"), ("nbc", "empty")])
def test_a_broken_cache_is_mended(folder, suffix, kind):
    damage(folder, suffix, kind)
    is_mended()


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("kind", ["empty", "cut", "noise"])
def test_a_broken_cache_is_mended_without_the_help_of_checksums(folder, suffix, kind):
    damage(folder, suffix, kind)
    compiling._seal(cache_folder(made()))
    is_mended()


def test_no_directory_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert cache_folder(made()) is None
    assert made()(10) == 55
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_read_only_directory_is_no_error(folder, monkeypatch):
    made()(10)
    before = sorted(folder.rglob("*"))

    def refuse(**_):
        raise PermissionError("read-only file system")

    monkeypatch.setattr(compiling.tempfile, "TemporaryFile", refuse)
    assert made()(10) == 55
    assert sorted(folder.rglob("*")) == before


def test_no_home_is_no_error(monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(compiling.Path, "home", homeless)
    assert cache_folder(made()) is None


def test_a_mistake_in_a_kernel_is_told(folder):
    with pytest.raises(Exception, match="no_such_name"):
        Kernel(lambda n: no_such_name(n), "int64(int64)", "wrong")(3)  # noqa: F821


@pytest.mark.slow
def test_workers_that_compile_at_once_do_not_disturb_each_other(folder):
    script = "from tests.simulate.test_compiling import made; print(made()(10))"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(4)
    ]
    assert [worker.communicate()[0].strip() for worker in workers] == ["55"] * 4
    assert [worker.returncode for worker in workers] == [0] * 4
    assert made()(10) == 55
    last = made()
    assert last(10) == 55 and hits(last.compiled()) == 1


def test_it_pays_once_the_interpreter_has_cost_as_much(folder, monkeypatch):
    monkeypatch.setattr(Kernel, "_spent", 0.0)
    monkeypatch.setattr(Kernel, "_eager", False)
    with monkeypatch.context() as without:
        without.delitem(sys.modules, "numba", raising=False)
        loop, other = made(), made()
        assert not any(loop.pays(compiling.PRICE / 10) for _ in range(9))
        assert loop.pays(compiling.PRICE / 5)
        # what the others took pays for Numba, but not for one more kernel
        assert not other.pays(compiling.PRICE_OF_ONE / 2) and other.pays(compiling.PRICE_OF_ONE)
        assert not loop.ready
        without.setattr(Kernel, "_spent", 0.0)
        assert not made().pays(2 * compiling.PRICE_OF_ONE)
    loop(1)
    monkeypatch.setattr(Kernel, "_spent", 0.0)
    assert loop.ready and loop.pays(0.0)
    other = made()
    assert not other.pays(0.0) and other.pays(2 * compiling.PRICE_OF_ONE)
    compiling.compile_eagerly()
    assert made().pays(0.0)


def test_short_runs_stay_interpreted():
    script = (
        "import sys, numpy as np\nfrom simulate import *\n"
        "descent(np.full(500, 0.1), 0.5, 60); mode_descent(1.0, np.ones(9), 0.1, 0.5, 100)\n"
        "mode_trajectory([3.0, 0.0], 1.0, 0.1, 1e6, [0, 10**7]); first_hits([0.1, 0.2], -1e6, 0.5)\n"
        "print('numba' in sys.modules)"
    )
    seen = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert seen.stdout.strip() == "False"


def test_code_without_its_checksums_is_removed(tmp_path):
    def laid():
        (tmp_path / "inner").mkdir(exist_ok=True)
        for name in ("a.nbi", "a.1.nbc", "inner/b.nbc", "notes.txt"):
            (tmp_path / name).write_bytes(b"code of " + name.encode())

    def left():
        compiling._discard_unless_sealed(tmp_path)
        return sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))

    laid()
    assert left() == []
    laid()
    compiling._seal(tmp_path)
    lines = (tmp_path / "checksums").read_text().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["a.1.nbc", "a.nbi", "inner/b.nbc"]
    assert left() == ["a.1.nbc", "a.nbi", "checksums", "inner", "inner/b.nbc", "notes.txt"]
    (tmp_path / "notes.txt").unlink()  # is no code
    assert "a.nbi" in left()
    for spoil in (
        lambda: (tmp_path / "checksums").unlink(),
        lambda: (tmp_path / "checksums").write_bytes(b"\xff\xfe"),
        lambda: (tmp_path / "checksums").write_text("\n".join(lines[:-1]) + "\n"),
        lambda: (tmp_path / "a.nbi").write_bytes(b"other"),
        lambda: (tmp_path / "c.nbc").write_bytes(b"unknown"),
        lambda: (tmp_path / "a.nbi").unlink(),
    ):
        laid()
        compiling._seal(tmp_path)
        spoil()
        assert left() == []
    compiling._discard_unless_sealed(tmp_path / "nowhere")


def test_checksums_are_written_once(tmp_path):
    (tmp_path / "a.nbi").write_bytes(b"code")
    compiling._seal(tmp_path)
    first = (tmp_path / "checksums").stat()
    compiling._seal(tmp_path)
    second = (tmp_path / "checksums").stat()
    assert (first.st_ino, first.st_mtime_ns) == (second.st_ino, second.st_mtime_ns)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.nbi", "checksums"]


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, "home/.cache"),
        ("linux", {"XDG_CACHE_HOME": "xdg"}, "xdg"),
        ("darwin", {"XDG_CACHE_HOME": "xdg"}, "home/Library/Caches"),
        ("win32", {"XDG_CACHE_HOME": "xdg"}, "home/AppData/Local"),
        ("win32", {"LOCALAPPDATA": "local"}, "local"),
        ("win32", {"NUMBA_CACHE_DIR": "given"}, "given"),
        ("darwin", {"NUMBA_CACHE_DIR": "given"}, "given"),
        ("linux", {"NUMBA_CACHE_DIR": "given", "XDG_CACHE_HOME": "xdg"}, "given"),
    ],
)
def test_where_each_system_keeps_its_caches(platform, environment, expected, monkeypatch):
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(compiling.sys, "platform", platform)
    monkeypatch.setattr(compiling.Path, "home", lambda: Path("home"))
    assert compiling._base() == Path(expected)
