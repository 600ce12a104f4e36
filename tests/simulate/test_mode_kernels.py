"""The compiled recursions against the array expressions they stand for, bit for bit."""

import re

import numpy as np
import pytest

from rankladder.numbers import Ball
from rankladder.simulate import compiling, descent, mode_descent
from rankladder.simulate.compiling import Kernel
from rankladder.simulate.mode_kernels import BLOCKS, entry_steps, pieces

SIZES = [1, 31, 32, 33, 64, 65, 128, 129, 300]


@pytest.fixture(params=[True, False], ids=["compiled", "interpreted"])
def compiled(request, monkeypatch):
    """Whether the kernels run compiled, whatever the length of the run."""
    monkeypatch.setattr(Kernel, "pays", lambda self, seconds: request.param)
    return request.param


def spectrum(seed, size):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.0, 3.0, size), rng.uniform(0.1, 3.0, size), rng.uniform(1e-9, 1.0, size)


@pytest.mark.parametrize("size", SIZES)
def test_entries_have_the_bits_of_the_expression(compiled, size):
    sigma, lam, w0 = spectrum(size, size)
    orbit = mode_descent(sigma, lam, 0.3, w0, 50)
    a = np.sqrt(w0)
    for k in range(51):
        assert np.array_equal(orbit.a[k], a)
        assert np.array_equal(orbit.w[k], a**2 if k else w0)
        a = a * (1.0 + 0.3 * (sigma - lam * a**2))


def test_entries_that_diverge_do_so_alike(compiled):
    sigma, lam, w0 = spectrum(1, 70)
    eta = np.linspace(0.1, 3.0, 70)
    orbit = mode_descent(sigma, lam, eta, w0, 40)
    a = np.sqrt(w0)
    with np.errstate(all="ignore"):
        for _ in range(40):
            a = a * (1.0 + eta * (sigma - lam * a**2))
    assert np.array_equal(orbit.a[-1], a, equal_nan=True)
    assert not np.isfinite(a).all() and np.isfinite(a).any()


@pytest.mark.parametrize(("steps", "every"), [(100, 7), (100, 100), (100, 101), (0, 1), (99, 3)])
def test_every_nth_step_is_a_selection_of_all(compiled, steps, every):
    sigma, lam, w0 = spectrum(2, 40)
    full, some = (mode_descent(sigma, lam, 0.2, w0, steps, every=n) for n in (1, every))
    assert np.array_equal(some.a, full.a[::every]) and np.array_equal(some.w, full.w[::every])
    assert np.array_equal(some.k, full.k[::every])


def test_every_nth_step_of_balls():
    full, some = (mode_descent(Ball(1), Ball(1), Ball(0.1), Ball(0.25), 10, every=n) for n in (1, 5))
    assert [b.arb.str(30) for b in some.w] == [b.arb.str(30) for b in full.w[::5]]
    assert some.k.tolist() == [0, 5, 10]
    with pytest.raises(ValueError, match="every 0 must be an integer >= 1"):
        mode_descent(1.0, 1.0, 0.1, 0.5, 3, every=0)


@pytest.mark.parametrize("shape", [(), (33,), (4, 50), (0,)])
def test_pairs_have_the_bits_of_the_expressions(compiled, shape):
    rng = np.random.default_rng(3)
    s, z0 = rng.uniform(0.0, 2.5, shape), rng.uniform(0.0, 1.5, shape)
    orbit = descent(s, z0, 80)
    z, x = z0, 1.0 - z0
    with np.errstate(all="ignore"):
        for k in range(81):
            assert np.array_equal(orbit.z[k], z, equal_nan=True) and np.array_equal(
                orbit.x[k], x, equal_nan=True
            )
            z_next = z * (1.0 + s * (1.0 - z)) ** 2
            x_next = x * ((1.0 - 2.0 * s) + s * x * (2.0 - s + s * x))
            near = np.abs(x_next) < 0.5
            z, x = np.where(near, 1.0 - x_next, z_next), np.where(near, x_next, 1.0 - z_next)


def test_strided_arguments_are_taken_as_they_are(compiled):
    sigma, _, w0 = spectrum(4, 80)
    part, whole = mode_descent(sigma[::2], 1.0, 0.1, w0[::2], 20), mode_descent(sigma, 1.0, 0.1, w0, 20)
    assert np.array_equal(part.a, whole.a[:, ::2])


@pytest.mark.parametrize("size", [*SIZES, 0, 65536])
def test_pieces_cover_every_mode_once(size):
    covered = [mode for _, first, last in pieces(size) for mode in range(first, last)]
    assert covered == list(range(size))


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_the_inner_loop_is_vector_instructions(block, monkeypatch):
    """The reason for blocks of constant length: a compiler that stopped seeing it would cost a factor of four."""
    monkeypatch.setattr(compiling, "cache_folder", lambda kernel: None)  # code from the cache has no text
    made = entry_steps.__wrapped__(block)
    (text,) = made.compiled().inspect_llvm().values()
    assert re.search(r"fmul <\d+ x double>", text)
    assert not re.search(r"fmul (fast|contract|reassoc)", text)
