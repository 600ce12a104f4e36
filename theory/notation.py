"""The symbols of the theory, once."""

from __future__ import annotations

import sympy

__all__ = ["delta", "eta", "k", "lam", "s", "sigma", "t", "tau", "theta", "w", "w0", "z", "z0"]

sigma, lam, eta, delta, s, z0, w0, theta = sympy.symbols(
    "sigma lambda eta delta s z_0 w_0 theta", positive=True
)
t, tau, k = sympy.symbols("t tau k", nonnegative=True)
w, z, x, a, c = sympy.symbols("w z x a c", real=True)
