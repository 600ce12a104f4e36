"""From where the modes of a recorded run start, as far as its first state tells."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.record import Record

__all__ = ["frames", "mode_starts", "start_scales"]

Array = NDArray[np.float64]

_SPECTRAL = 1e-6  # relative size of what a spectral start may be off; float32 rounds by less


def frames(geometry: Geometry) -> tuple[Array, Array]:
    """The vectors ``u_i`` (d, m) and ``v_i`` (p, m) of the modes."""
    return np.asarray(geometry.joint.U)[:, : geometry.m], np.asarray(geometry.joint.V)[:, : geometry.m]


def mode_starts(geometry: Geometry, record: Record, stated: float | None = None) -> Array:
    """From which scale ``exp(-delta)`` each mode starts in the first recorded state (m,); infinite where from none.

    Near zero the half sum ``a_i`` of ``W1^T u_i`` and ``W2 v_i`` grows by ``1 + eta sigma_i`` a step and the half
    difference shrinks. Of a mode that follows others there remains what is orthogonal to theirs in the hidden layer. On
    the spectral start of the paper it is ``exp(-delta)`` of every mode. W alone does not tell it, NaN: neither which part
    of it is half sums nor how it is shared between the factors; unless their scale is stated, and W is that of a spectral
    start of this scale.

    >>> from rankladder.properties.gidel2019.data.reading import data_of_moments
    >>> made = Geometry.of(data_of_moments(np.eye(2), np.diag([2.0, 1.0])))
    >>> W1, W2 = np.exp(-3.0) * np.eye(2)[None], np.exp(-3.0) * np.eye(2)[None]
    >>> mode_starts(made, Record(np.array([0]), True, W1 @ W2, (W1, W2), 1e-16)).round(12).tolist()
    [3.0, 3.0]
    """
    U, V = frames(geometry)
    with np.errstate(divide="ignore"):
        if record.factors is None:
            scale = 0.0 if stated is None else math.exp(-2 * stated)
            W = record.W[0]
            off = max(np.linalg.norm(W @ V - scale * U), np.linalg.norm(U.T @ W - scale * V.T))
            known = scale > 0 and off <= _SPECTRAL * scale
            return np.full(geometry.m, stated if known else math.nan)
        W1, W2 = record.state(0)
        halves = (W1.T @ U + W2 @ V) / 2
        scales = np.zeros(geometry.m)
        triangle = np.linalg.qr(halves, mode="r")
        # a hidden layer of width r has room for r modes
        scales[: len(triangle)] = np.abs(np.diag(triangle))
        return np.asarray(-np.log(scales))


def start_scales(geometry: Geometry, record: Record) -> Array:
    """How small the first state is in each mode, as ``delta`` (m,): what it may start from, and not what it does."""
    U, V = frames(geometry)
    with np.errstate(divide="ignore"):
        if record.factors is None:
            W = record.W[0]
            return np.asarray(
                -0.5 * np.log(np.maximum(np.linalg.norm(U.T @ W, axis=1), np.linalg.norm(W @ V, axis=0)))
            )
        W1, W2 = record.state(0)
        return np.asarray(
            -0.5 * (np.log(np.linalg.norm(W1.T @ U, axis=0)) + np.log(np.linalg.norm(W2 @ V, axis=0)))
        )
