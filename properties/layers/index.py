"""INDEX-1: how many directions lead down from the saddle that has learned a set of modes."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from sympy import Eq

from rankladder import (
    Int,
    Orthogonal,
    Otherwise,
    Problem,
    Real,
    claim,
    eigenvalues,
    equal,
    forall,
    lemma,
    sqrt,
    strictly,
    symbols,
)  # fmt: skip
from rankladder.properties.layers.decay import SMALL
from rankladder.simulate import hessian_two_layer, two_layer_gradients
from rankladder.theory import rrr_gain

Array = np.ndarray[Any, Any]


# the active modes of a problem are never more than its r: here r leaves room for three, and there are one or two hidden
# units, so that a set may fill them all and be the wrong one
MODES: dict[str, Any] = {
    "d": Int(2, 3), "p": Int(2, 3), "r": Int(3, 3), "modes": Int(2, 3), "lam": (Fraction(1, 8), 8),
}  # fmt: skip
OVER = {"problem": Problem(**MODES), "r": Int(1, 2), "Q": Orthogonal("r"), "bits": Int(0, 7)}
ANY = Otherwise("problem", Problem(**MODES, kind="noncommuting"))


def chosen(problem: Any, r: int, bits: int) -> tuple[int, ...]:
    """The learned modes: the active ones whose bit is set, no more than there are hidden units."""
    return tuple(i for i in range(problem.m) if bits >> i & 1)[:r]


def saddle(problem: Any, Q: Array, modes: tuple[int, ...]) -> tuple[Array, Array]:
    """Balanced factors that have fitted the modes and nothing else; Q (r, r) is the frame of the hidden layer."""
    k, at = len(modes), list(modes)
    roots = sqrt(problem.omega[at])
    return (problem.U[:, at] * roots) @ Q[:k], (Q[:k].T * roots) @ problem.V[:, at].T


def out_of_order(problem: Any, modes: tuple[int, ...], gain: Any = rrr_gain) -> int:
    """Pairs of a learned mode and one to come that would gain more."""
    gains = [gain(s, x) for s, x in zip(problem.value.sigma, problem.value.lam, strict=False)]
    return int(sum(gains[i] > gains[b] for b in modes for i in range(problem.m) if i not in modes))


def index(problem: Any, r: int, modes: tuple[int, ...], gain: Any = rrr_gain) -> int:
    """Spare hidden units times modes to come, and the pairs out of order."""
    return int((r - len(modes)) * (problem.m - len(modes))) + out_of_order(problem, modes, gain)


def curvature(problem: Any, Q: Array, modes: tuple[int, ...]) -> Any:
    """The eigenvalues of the full Hessian, least first."""
    return eigenvalues(hessian_two_layer(problem.Sxx, problem.Sxy, *saddle(problem, Q, modes)))[::-1]


@claim(
    "INDEX-1.index",
    title="matrices: the saddle that has learned S has (r - |S|)(m - |S|) directions down, and one for each pair out of order",
    statement=r"\#\{\text{negative eigenvalues}\} = (r - |S|)(m - |S|) + \#\{(b, i): b \in S,\ i \notin S,"
    r"\ \sigma_i^2/\lambda_i > \sigma_b^2/\lambda_b\}",
    over=OVER, given={"commuting": ANY}, constants={"count": index},
)  # fmt: skip
def negative(problem: Any, r: int, Q: Array, bits: int, count: Any) -> Any:
    """It is a critical point; of the eigenvalues in order so many are negative and the next is not."""
    modes = chosen(problem, r, bits)
    gradients = two_layer_gradients(problem.Sxx, problem.Sxy, *saddle(problem, Q, modes))
    h, n = curvature(problem, Q, modes), count(problem, r, modes)
    margins = [equal(G, 0 * G) for G in gradients]
    margins += [strictly(-h[n - 1])] if n else []
    return forall(*margins, *h[n : n + 1])


negative.twin("any-data", "without commuting data", drop="commuting")
for slug, gain in (("spare-alone", lambda sigma, lam: 0), ("sigma-over-lam", lambda sigma, lam: sigma / lam)):
    negative.twin(slug, "pairs out of order of another gain", constants={"count": partial(index, gain=gain)})

claim(
    "INDEX-1.not-modes-to-come", title="matrices: the saddle that has learned S has m - |S| directions down",
    statement=r"\#\{\text{negative eigenvalues}\} = m - |S|", source="often said",
    over={"problem": Problem(**SMALL), "bits": Int(0, 7)}, expects="refuted",
)(lambda problem, bits: negative.conclusion(problem, problem.r, problem.Q, bits, lambda problem, r, modes: problem.m - len(modes)))  # fmt: skip


def is_strict(problem: Any, r: int, modes: tuple[int, ...]) -> bool:
    """Something is to come, and a hidden unit is spare or a pair is out of order."""
    return len(modes) < problem.m and (len(modes) < r or out_of_order(problem, modes) > 0)


@claim(
    "INDEX-1.strict",
    title="matrices: it is a strict saddle iff a mode is to come and a hidden unit is spare, or S is no top set of sigma^2/lambda",
    statement=r"\lambda_{\min}(H) < 0 \iff |S| < m \wedge (|S| < r \vee S \text{ is no top-}|S|\text{ set of } \sigma^2/\lambda)",
    over=OVER, constants={"strict": is_strict},
)  # fmt: skip
def strict(problem: Any, r: int, Q: Array, bits: int, strict: Any) -> Any:
    modes = chosen(problem, r, bits)
    least = curvature(problem, Q, modes)[0]
    return strictly(-least) if strict(problem, r, modes) else least


strict.twin(
    "spare-alone", "iff a hidden unit is spare",
    constants={"strict": lambda problem, r, modes: len(modes) < min(problem.m, r)},
)  # fmt: skip
# one that calls more of them strict could not fall: where it is wrong the least eigenvalue is 0, and balls leave that open
strict.twin(
    "order-alone", "iff S is no top set", constants={"strict": lambda data, r, S: out_of_order(data, S) > 0}
)

s1, s2, l1, l2, x, y = symbols("sigma1 sigma2 lam1 lam2 x y")
FORM = l2 * s1 / l1 * x**2 - 2 * s2 * x * y + s1 * y**2
REST = l2 * (s1**2 / l1 - s2**2 / l2) * x**2
pair = lemma(
    "INDEX-1.pair", Eq(s1 * FORM, (s1 * y - s2 * x) ** 2 + REST),
    over={n: Real(0, 4) for n in ("sigma1", "sigma2", "lam1", "lam2")} | {"x": Real(drawn=4), "y": Real(drawn=4)},
    title="the form that couples a learned mode with one to come: a square, and one whose sign is that of the difference of gains",
)  # fmt: skip
pair.twin("square-alone", "the square alone", relation=Eq(s1 * FORM, (s1 * y - s2 * x) ** 2))
pair.twin("other-square", "with s1 y + s2 x", relation=Eq(s1 * FORM, (s1 * y + s2 * x) ** 2 + REST))
