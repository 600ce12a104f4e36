"""Gradient descent on matrices against NumPy and PyTorch loops as a user would write them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.contest import Contest, Missing, Rival, require
from rankladder.simulate import matrix_descent

__all__ = ["contests"]

# d: (our steps, NumPy's steps, ratio asked of the NumPy loop, of PyTorch's autograd)
SIZES = {
    4: (20_000, 1000, 25.0, 100.0),
    8: (20_000, 1000, 12.0, 100.0),
    16: (20_000, 1000, 6.0, 100.0),
    64: (5000, 300, 1.2, None),
    256: (30, 30, 1 / 1.15, None),
    512: (6, 6, 1 / 1.15, None),
}
ETA = 0.01


@functools.cache
def data(d: int) -> tuple[Any, Any, Any, Any]:
    rng = np.random.default_rng(d)
    X = rng.standard_normal((4 * d, d))
    Y = X @ rng.standard_normal((d, d)) / d
    return X, Y, 0.1 * rng.standard_normal((d, d)), 0.1 * rng.standard_normal((d, d))


def ours(d: int, steps: int) -> Any:
    X, Y, W1, W2 = data(d)
    run = matrix_descent(X.T @ X / len(X), X.T @ Y / len(X), W1, W2, ETA, [steps])
    return run.W1[0], run.W2[0]


def numpy_loop(d: int, steps: int) -> Any:
    X, Y, W1, W2 = data(d)
    Sxx, Sxy = X.T @ X / len(X), X.T @ Y / len(X)
    for _ in range(steps):
        R = Sxx @ (W1 @ W2) - Sxy
        W1, W2 = W1 - ETA * (R @ W2.T), W2 - ETA * (W1.T @ R)
    return W1, W2


def torch_module() -> Any:
    try:
        import torch
    except ImportError as error:
        raise Missing("PyTorch is not installed") from error
    torch.set_num_threads(1)
    return torch


def torch_autograd(d: int, steps: int) -> Any:
    """The loss on the data, its gradient by autograd, SGD without momentum."""
    torch = torch_module()
    X, Y, W1, W2 = (torch.from_numpy(part.copy()) for part in data(d))
    W1.requires_grad_(True)
    W2.requires_grad_(True)
    optimizer = torch.optim.SGD([W1, W2], lr=ETA)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((X @ W1 @ W2 - Y) ** 2).sum() / (2 * len(X))
        loss.backward()
        optimizer.step()
    return W1.detach().numpy(), W2.detach().numpy()


def torch_manual(d: int, steps: int) -> Any:
    """The gradient written down, from the moments."""
    torch = torch_module()
    X, Y, W1, W2 = map(torch.from_numpy, data(d))
    Sxx, Sxy = X.T @ X / len(X), X.T @ Y / len(X)
    with torch.no_grad():
        for _ in range(steps):
            R = Sxx @ (W1 @ W2) - Sxy
            W1, W2 = W1 - ETA * (R @ W2.T), W2 - ETA * (W1.T @ R)
    return W1.numpy(), W2.numpy()


def agreement(rival: Callable[[int, int], Any], d: int, steps: int) -> Callable[[], str]:
    def check() -> str:
        one, other = ours(d, steps), rival(d, steps)
        off = max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))
        # sums of 4 d terms rounded in different orders, and errors that grow as the slowest modes do: far below this
        require(off < 1e-10, f"differ by {off:.1e}")
        return f"to {off:.0e}"

    return check


def contests() -> Iterator[Contest]:
    """One for each size."""
    for d, (steps, fewer, least, autograd) in SIZES.items():
        some = max(2, fewer // 5)

        def made(
            loop: Callable[[int, int], Any], d: int = d, some: int = some
        ) -> Callable[[], Callable[[], Any]]:
            def make() -> Callable[[], Any]:
                torch_module()
                return lambda: loop(d, some)

            return make

        # as many steps as our compiled loops are used for
        checked = 5000 if d <= 16 else fewer
        rivals = [
            Rival("NumPy loop", lambda d=d, fewer=fewer: lambda: numpy_loop(d, fewer), fewer,
                  agreement(numpy_loop, d, checked), least),
            Rival("PyTorch, autograd and SGD on the data", made(torch_autograd), some,
                  agreement(torch_autograd, d, checked), autograd),
            Rival("PyTorch, gradient by hand", made(torch_manual), some, agreement(torch_manual, d, checked)),
        ]  # fmt: skip
        yield Contest(
            f"matrix descent, d = {d}",
            "step",
            "matrix_descent",
            lambda d=d, steps=steps: ours(d, steps),
            steps,
            rivals,
        )
