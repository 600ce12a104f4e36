"""Proper forms: what is left of a logarithm or an exponential once the leading terms that vanish are divided out.

A margin such as ``s - log(1 + s)`` is 0 at the end ``s = 0`` of a box, and no enclosure on a box with that end
can tell it from a negative one. Divided by ``s**2`` it is the integral of ``u/(1 + s u)`` over 0 < u < 1, which
is positive up to and including s = 0. The two families of such integrals here contain all that is needed, their
derivatives included, and every member is positive and monotone, so its range over an interval is known from the
ends.

Source: integral forms of Taylor's remainder.
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, ctx, fmpq
from sympy.core.function import ArgumentIndexError

from rankladder.proof.parts import Part, Status

__all__ = [
    "ExpTail", "LogTail", "elementary", "exp_tail", "expm1_ratio", "log1p_defect", "log1p_ratio", "log1p_third", "log_tail", "same_form",
]  # fmt: skip

# nearer to 0 than this a short series is exact to 160 bits; elsewhere logarithms lose at most 20 bits a division
_NEAR = arb(2) ** -20
_TERMS = 8
_LOST = 24


class LogTail(sympy.Function):  # type: ignore[misc]
    """``LogTail(n, m, t)``: the integral of ``u**(n-1) / (1 + t*u)**m`` over 0 < u < 1, for n >= 1, m >= 1, t > -1.

    It is positive and decreasing in t, and 1/n at t = 0; ``LogTail(1, 1, t) = log(1 + t)/t``.

    >>> t = sympy.Symbol("t")
    >>> sympy.diff(LogTail(1, 1, t), t)
    -LogTail(2, 2, t)
    >>> LogTail(2, 1, 0)
    1/2
    """

    nargs = 3

    @classmethod
    def eval(cls, n: Any, m: Any, t: Any) -> Any:
        """The value at t = 0."""
        return sympy.Rational(1, n) if t.is_zero else None

    def fdiff(self, argindex: int = 3) -> Any:
        """Derivative in t, of the same family."""
        n, m, t = self.args
        if argindex != 3:
            raise ArgumentIndexError(self, argindex)
        return -m * LogTail(n + 1, m + 1, t)

    def elementary(self) -> Any:
        """The same by logarithms, for t other than 0."""
        n, m, t = self.args
        if m > 1:
            u = sympy.Dummy("u", positive=True)
            # m - 1 derivatives of 1/(1 + t u) multiply it by (-u)^(m-1) (m-1)!
            start = LogTail(n - m + 1, 1, u).elementary() if n >= m else None
            if start is None:
                raise ValueError(f"Expected n >= m but got {self}; write it out")
            return ((-1) ** (m - 1) * sympy.diff(start, u, m - 1) / sympy.factorial(m - 1)).subs(u, t)
        taylor = sum(((-1) ** (k + 1) * t**k / k for k in range(1, n)), sympy.Integer(0))
        return (-1) ** (n + 1) * (sympy.log(1 + t) - taylor) / t**n


class ExpTail(sympy.Function):  # type: ignore[misc]
    """``ExpTail(n, t)``: the integral of ``u**n * exp(t*u)`` over 0 < u < 1, n >= 0.

    It is positive and increasing in t, and 1/(n + 1) at t = 0; ``ExpTail(0, t) = (exp(t) - 1)/t``.

    >>> t = sympy.Symbol("t")
    >>> sympy.diff(ExpTail(0, t), t)
    ExpTail(1, t)
    """

    nargs = 2

    @classmethod
    def eval(cls, n: Any, t: Any) -> Any:
        """The value at t = 0."""
        return sympy.Rational(1, n + 1) if t.is_zero else None

    def fdiff(self, argindex: int = 2) -> Any:
        """Derivative in t, of the same family."""
        n, t = self.args
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        return ExpTail(n + 1, t)

    def elementary(self) -> Any:
        """The same by exponentials, for t other than 0."""
        n, t = self.args
        if n == 0:
            return (sympy.exp(t) - 1) / t
        return (sympy.exp(t) - n * ExpTail(n - 1, t).elementary()) / t


def log1p_ratio(t: Any) -> Any:
    """``log(1 + t)/t``, 1 at t = 0.

    >>> log1p_ratio(sympy.Integer(0))
    1
    """
    return LogTail(1, 1, t)


def log1p_defect(t: Any) -> Any:
    """``(t - log(1 + t))/t**2``, 1/2 at t = 0.

    >>> log1p_defect(sympy.Integer(0))
    1/2
    """
    return LogTail(2, 1, t)


def log1p_third(t: Any) -> Any:
    """``(log(1 + t) - t + t**2/2)/t**3``, 1/3 at t = 0.

    >>> log1p_third(sympy.Integer(0))
    1/3
    """
    return LogTail(3, 1, t)


def expm1_ratio(t: Any) -> Any:
    """``(exp(t) - 1)/t``, 1 at t = 0.

    >>> expm1_ratio(sympy.Integer(0))
    1
    """
    return ExpTail(0, t)


def elementary(expression: Any) -> Any:
    """The expression with every tail written by logarithms and exponentials, for arguments other than 0.

    >>> t = sympy.Symbol("t")
    >>> elementary(1 + expm1_ratio(t))
    1 + (exp(t) - 1)/t
    """
    return sympy.sympify(expression).replace(
        lambda e: isinstance(e, (LogTail, ExpTail)), lambda e: e.elementary()
    )


def log_tail(n: int, m: int, t: arb) -> arb:
    """Enclosure of ``LogTail(n, m, t)`` at a ball t > -1 (not a number where the ball reaches -1).

    >>> log_tail(1, 1, arb(1)).overlaps(arb(2).log())
    True
    """
    if not t > -1:
        return arb("nan")
    if abs(t) <= _NEAR:
        # coefficient of (-t)^k: binomial(m + k - 1, k)/(n + k) <= binomial(m + k - 1, k)
        total, power, binomial = arb(0), arb(1), 1
        for k in range(_TERMS):
            total += power * _arb(Fraction(binomial, n + k))
            power, binomial = -power * t, binomial * (m + k) // (k + 1)
        # the terms left out shrink by at least a half each
        return total + arb(0, (2 * binomial * abs(power)).upper())
    with ctx.workprec(ctx.prec + _LOST * (n + m)):
        return +_log_tail(n, m, t)


def _log_tail(n: int, m: int, t: arb) -> arb:
    if n == 1 and m == 1:
        return t.log1p() / t
    if m == 1:
        # t u^(n-1)/(1 + t u) = u^(n-2) - u^(n-2)/(1 + t u)
        return (_arb(Fraction(1, n - 1)) - _log_tail(n - 1, 1, t)) / t
    if n == 1:
        return (1 - (1 + t) ** (1 - m)) / ((m - 1) * t)
    # t u = (1 + t u) - 1
    return (_log_tail(n - 1, m - 1, t) - _log_tail(n - 1, m, t)) / t


def exp_tail(n: int, t: arb) -> arb:
    """Enclosure of ``ExpTail(n, t)`` at a ball t.

    >>> exp_tail(0, arb(1)).overlaps(arb(1).expm1())
    True
    """
    if abs(t) <= _NEAR:
        total, power = arb(0), arb(1)
        for k in range(_TERMS):
            total += power / (n + k + 1)
            power = power * t / (k + 1)
        return total + arb(0, (2 * abs(power)).upper())
    with ctx.workprec(ctx.prec + _LOST * (n + 1)):
        value = t.expm1() / t
        for k in range(1, n + 1):
            value = (t.exp() - k * value) / t
        return +value


def _arb(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def same_form(name: str, proper: Any, plain: Any, why: str = "") -> Part:
    """Whether a proper form and the expression it stands for are the same, by SymPy.

    Logarithms and exponentials are taken as unknowns, one for each argument; what is left is a rational function.

    >>> t = sympy.Symbol("t")
    >>> str(same_form("by parts", t * log1p_ratio(t), sympy.log(1 + t)).status)
    'proved'
    >>> str(same_form("by parts", t * log1p_ratio(t), sympy.log(1 - t)).status)
    'open'
    """
    started = time.monotonic()
    unknowns: dict[Any, Any] = {}

    def unknown(e: Any) -> Any:
        argument = sympy.expand(e.args[0])
        # e^-t is 1/e^t
        turned = isinstance(e, sympy.exp) and argument.could_extract_minus_sign()
        found = unknowns.setdefault((e.func, -argument if turned else argument), sympy.Dummy())
        return 1 / found if turned else found

    gap = elementary(sympy.sympify(proper) - sympy.sympify(plain)).replace(
        lambda e: isinstance(e, (sympy.log, sympy.exp)), unknown
    )
    same = sympy.cancel(sympy.together(gap)) == 0
    status = Status.proved if same else Status.open
    detail = why if same else "the difference does not reduce to zero"
    return Part(name, f"{proper} = {plain}", "SymPy", status, detail, time.monotonic() - started)
