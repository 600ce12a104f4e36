"""BAL-4, BAL-5: a small imbalance along the 2-cycle, and at s = 2, the largest step that stays bounded.

In units of eta = lambda = 1 (BAL-1.units): the steps are those of s alone.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import sympy

from rankladder import Int, Real, always, arctan, claim, cos, equal, forall, iff, sin, sqrt, strictly, symbols
from rankladder.properties.gidel2019.step_large import deviations
from rankladder.properties.layers.bal import entries
from rankladder.simulate import mode_descent
from rankladder.theory import cycle_multiplier, entry_step, imbalance_factor, layers_thresholds

a, D, w0, s = symbols("a D w0 s")
SUPERSTABLE = layers_thresholds()["superstable 2-cycle"]


def imbalances(orbit: list[tuple[Any, ...]]) -> list[Any]:
    """``a^2 - b^2`` at every step."""
    return [a * a - b * b for a, b in orbit]


@claim(
    "BAL-4.factor",
    title="one mode: on the 2-cycle two steps multiply a small imbalance by 3 - 2s; the exact remainder",
    statement=r"a_0 b_0 = m,\ s = m + \tfrac1m - 1,\ y = \tfrac1m - 1:\quad "
    r"D_2 = D_0 \left(3 - 2s + (1 - y^2)\, y\, e\, (2(m - 1) - y e)\right),\ e = (a_0 - b_0)^2",
    over={"a": Real(0, drawn=4), "b": Real(0, drawn=4)}, constants={"factor": imbalance_factor, "of": 1},
)  # fmt: skip
def two_steps(a: Any, b: Any, factor: Any, of: Any) -> Any:
    """Two steps of descent from the product m of the cycle."""
    m = a * b
    s, y, e = m + 1 / m - 1, 1 / m - 1, (a - b) ** 2
    D = imbalances(entries(s, 1, 1, a, b, 2))
    return equal(D[2], D[0] * (factor(s) + of * (1 - y * y) * y * e * (2 * (m - 1) - y * e)))


two_steps.twin("line", "the multiplier along the balanced line", constants={"factor": cycle_multiplier})
two_steps.twin("other-constant", "3 - 1.98 s", constants={"factor": lambda s: 3 - Fraction(198, 100) * s})
two_steps.twin("no-remainder", "without the remainder", constants={"of": 0})

stable = claim(
    "BAL-4.stable",
    title="one mode: against imbalance the 2-cycle is stable exactly for 1 < s < 2, wherever it stays bounded",
    statement=r"s > 1:\quad |3 - 2s| < 1 \iff s < 2",
    over={"s": Real(0, drawn=4)}, given={"large-step": s > 1}, constants={"factor": imbalance_factor, "end": 2},
)(lambda s, factor, end: iff(strictly(1 - abs(factor(s))), strictly(end - s)))  # fmt: skip
stable.twin("to-doubling", "only up to the doubling of the 2-cycle", constants={"end": Fraction(1236, 1000)})
stable.twin("other-constant", "3 - 1.98 s", constants={"factor": lambda s: 3 - Fraction(198, 100) * s})


@claim(
    "BAL-4.superstable",
    title="one mode: along the balanced line the 2-cycle is superstable at s = 3/sqrt(2) - 1, where a published range ends",
    statement=r"s = \tfrac{3}{\sqrt2} - 1,\ |\epsilon| \le \tfrac1{16}:\quad |z_2/z_- - 1| \le \tfrac{(1+s)^6}{24}\epsilon^2",
    over={"offset": Real(0, Fraction(1, 16))}, constants={"nine": 9},
)  # fmt: skip
def superstable(offset: Any, nine: Any) -> Any:
    """Two steps leave of an offset from the cycle its square only."""
    s = sqrt((nine + 0 * offset) / 2) - 1
    return forall(*((1 + s) ** 6 / 24 * offset**2 - abs(deviations(s, e, 2)[2]) for e in (offset, -offset)))


superstable.twin("later", "at s = sqrt(4.55) - 1", constants={"nine": Fraction(91, 10)})
superstable.twin("earlier", "at s = sqrt(4.45) - 1", constants={"nine": Fraction(89, 10)})

claim(
    "BAL-4.not-only-up-to-there",
    title="one mode: beyond s = 3/sqrt(2) - 1 the 2-cycle repels: two steps bring no offset closer",
    statement=r"s \ge \tfrac{3}{\sqrt2} - 1:\quad |z_2 - z_-| \ge |z_0 - z_-|",
    source="this project, against a published range", over={"s": Real(1, 2), "offset": Real(0, Fraction(1, 16))},
    given={"beyond": s >= SUPERSTABLE}, expects="refuted",
)(lambda s, offset: abs(deviations(s, offset, 2)[2]) - offset)  # fmt: skip


@claim(
    "BAL-5.tripling",
    title="one mode: at s = 2 the entry is sqrt(2 omega) sin(phi), and a step triples the angle",
    statement=r"\eta\sigma = 2,\ a_0 = \sqrt{2\omega}\,\sin\phi:\quad a_k = \sqrt{2\omega}\,\sin(3^k \phi)",
    over={"lam": Real(0, drawn=4), "eta": Real(0, drawn=2), "phi": Real(drawn=2), "steps": Int(1, 4)}, constants={"s": 2, "times": 3},
)  # fmt: skip
def tripling(lam: Any, eta: Any, phi: Any, steps: int, s: Any, times: int) -> Any:
    """Equal entries, negative ones too."""
    sigma = s / eta
    top = sqrt(2 * sigma / lam)
    orbit = entries(sigma, lam, eta, top * sin(phi), top * sin(phi), steps)
    return forall(*(equal(a, top * sin(times**k * phi)) for k, (a, _b) in enumerate(orbit)))


tripling.twin("smaller-step", "at s = 1.99", constants={"s": Fraction(199, 100)})
tripling.twin("doubling", "a step doubles the angle", constants={"times": 2})


@claim(
    "BAL-5.step",
    title="one mode: at s = 2 a step keeps D^2/(w (4 - w)) but for the part of w that the imbalance itself adds",
    statement=r"s = 2,\ y = 2 - w:\quad D_1^2\, w_0 (4 - w_0) = D_0^2\, \hat w (4 - \hat w),\quad \hat w = w_1 - y\,(a_0 - b_0)^2",
    over={"a": Real(drawn=2), "b": Real(drawn=2)}, constants={"s": 2, "top": 4},
)  # fmt: skip
def one_step(a: Any, b: Any, s: Any, top: Any) -> Any:
    """Exactly, from any two entries."""
    before, after = entries(s, 1, 1, a, b, 1)
    D, w = imbalances([before, after]), [x * y for x, y in (before, after)]
    moved = w[1] - (s - w[0]) * (a - b) ** 2
    return equal(D[1] ** 2 * w[0] * (top - w[0]), D[0] ** 2 * moved * (top - moved))


one_step.twin("smaller-step", "at s = 1.99", constants={"s": Fraction(199, 100)})
one_step.twin("other-top", "w (4.04 - w)", constants={"top": Fraction(404, 100)})

TWO: dict[str, Any] = {
    "start": {a: sympy.sqrt(w0), D: 1}, "step": {a: entry_step(1, 2, 1, a), D: D * (1 - (2 - a**2) ** 2)},
    "orbit": {a: lambda w0, steps: mode_descent(2, 1, 1, w0, steps).a},
    "over": {"w0": Real(0, drawn=4), "steps": Int(1, 40)},
}  # fmt: skip
neutral = always(
    "BAL-5.neutral", sympy.Eq(D**2 * w0 * (4 - w0), a**2 * (4 - a**2)), **TWO,
    title="one mode: at s = 2, to first order, D^2/(w (2 omega - w)) stays for ever: descent does not balance there",
)  # fmt: skip
neutral.twin("other-top", "w (5 - w)", relation=sympy.Eq(D**2 * w0 * (5 - w0), a**2 * (5 - a**2)))
neutral.twin("conserved", "D itself stays", relation=sympy.Eq(D**2, 1))

always(
    "BAL-5.not-balancing", D**2 <= 1, **TWO, expects="refuted",
    title="one mode: at s = 2, to first order, no step takes the imbalance above its start: descent balances",
)  # fmt: skip


@claim(
    "BAL-5.mean",
    title="one mode: at s = 2 the mean of log |1 - eta^2 r^2| over the invariant density is 0: what N equal angles give exactly",
    statement=r"\textstyle\prod_{j<N} |1 - (2 - a_j^2)^2| = |1 + 2\cos x|\ (3 \nmid N),\ = 2 - 2\cos x\ (3 \mid N),"
    r"\quad a_j = 2\sin\tfrac{x + 2\pi j}{4N}",
    over={"N": Int(1, 24), "x": Real(0, 6)}, constants={"s": 2, "third": 3},
)  # fmt: skip
def mean(N: int, x: Any, s: Any, third: int) -> Any:
    """The mean of the log is that of the product over N: it goes to 0. Entries 2 a and a/2 have the product a^2."""
    turn = 8 * arctan(1 + 0 * x)
    starts = [2 * sin((x + j * turn) / (4 * N)) for j in range(N)]
    steps = [imbalances(entries(s, 1, 1, 2 * a, a / 2, 1)) for a in starts]
    return equal(prod(abs(D1 / D0) for D0, D1 in steps), abs(1 + 2 * cos(x)) if N % third else 2 - 2 * cos(x))


mean.twin("smaller-step", "at s = 1.99", constants={"s": Fraction(199, 100)})
mean.twin("every-N", "|1 + 2 cos x| for every N", constants={"third": 1000})
