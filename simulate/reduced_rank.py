"""Reduced-rank regression, numerically and straight from its definition."""

from __future__ import annotations

from typing import Any

import numpy as np

from rankladder.numbers.arguments import as_numbers
from rankladder.numbers.reduced_rank import reduced_rank_losses, reduced_rank_regression
from rankladder.simulate.problems import as_covariance

__all__ = ["prediction_norm", "reduced_rank_losses", "reduced_rank_regression"]


def prediction_norm(Sxx: Any, W: Any) -> Any:
    """Norm of the predictions that W makes, ``‖Sxx^{1/2} W‖_F = ‖XW‖_F/√n``.

    Source: ``tr(Wᵀ Sxx W)``, without a matrix square root.

    Args:
        Sxx: (d, d). W: (d, p), or a stack (…, d, p) for one norm each.

    >>> float(prediction_norm([[4.0]], [[3.0]]))
    6.0
    """
    Sxx, W = as_covariance(Sxx), as_numbers(W, "W")
    if W.ndim < 2 or W.shape[-2] != Sxx.shape[0]:
        raise ValueError(
            f"W has shape {W.shape} but must have (…, d, p) with d = {Sxx.shape[0]}; pass W (d, p)"
        )
    square = (W * (Sxx @ W)).sum(axis=(-2, -1))
    # Rounding may leave a tiny negative square where Sxx is singular.
    return np.sqrt(square if W.dtype == object or Sxx.dtype == object else np.maximum(square, 0.0))
