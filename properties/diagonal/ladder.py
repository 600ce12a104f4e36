"""DLN-3: the supports of the path: orthogonal columns, columns that repel each other, and what is false of others."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from rankladder import Int, Otherwise, Real, always, claim, equal, exists, forall, lemma, strictly, symbols
from rankladder.properties.diagonal.designs import Data, Designs
from rankladder.properties.diagonal.step import ONE_STEP, stepped
from rankladder.properties.diagonal.subsets import fit, lasso_range, loss, subsets
from rankladder.simulate import Diagonal, diagonal_descent, diagonal_path

SOURCE = "Pesme and Flammarion 2023; restated"
DESIGN = {"data": Designs()}


@claim(
    "DLN-3.ladder",
    title="orthogonal columns: coordinate i is learned at n/|x_i^T y|, to its least-squares value, and stays",
    statement=r"x_i^\top x_j = 0:\ \beta_i(\tau) = \frac{x_i^\top y}{\|x_i\|^2} "
    r"\text{ where } \tau |x_i^\top y| \ge n, \text{ else } 0",
    source=SOURCE,
    over={"data": Designs("orthogonal")},
    given={"orthogonal": Otherwise("data", Designs(columns=(2, 3)))},
    constants={"pace": lambda pull, square: abs(pull)},
)
def ladder(data: Any, pace: Any) -> Any:
    n, pull, gram = len(data.exact.X), data.exact.pull, data.exact.gram
    # 0 where the entry is as stated, or else minus how far off it is
    margins = []
    for stay in data.path:
        for i, beta in enumerate(stay.beta):
            learned = stay.begin * pace(pull[i], gram[i][i]) >= n
            margins.append(-abs(beta - (Fraction(pull[i], gram[i][i]) if learned else 0)))
    rungs = {abs(b) for b in pull if b}
    return forall(*margins, -abs(len(data.path) - 1 - len(rungs)))


ladder.twin("any-columns", "for any columns", drop="orthogonal")
ladder.twin(
    "by-value", "in the order of the least-squares values",
    constants={"pace": lambda pull, square: Fraction(abs(pull), square)},
)  # fmt: skip


@claim(
    "DLN-3.decoupled",
    title="orthogonal columns: a step moves every coordinate as if its column were alone",
    statement=r"x_i^\top x_j = 0:\ g_i = \lambda_i \beta_i - \sigma_i,\ \lambda_i = \|x_i\|^2/n,\ \sigma_i = x_i^\top y/n",
    source=SOURCE,
    over={**ONE_STEP, "data": Designs("orthogonal")},
    given={"orthogonal": Otherwise("data", Designs(columns=(2, 3)))},
    constants={"share": 1},
)
def decoupled(data: Any, u: Any, v: Any, eta: Any, share: Any) -> Any:
    together = stepped(data.network, u, v, eta)
    margins = []
    for i in range(data.d):
        here = slice(i, i + 1)
        alone = stepped(Diagonal.of_data(share * data.X[:, here], data.y), u[here], v[here], eta)
        margins += [equal(a[here], b) for a, b in zip(together, alone, strict=True)]
    return forall(*margins)


decoupled.twin("any-columns", "for any columns", drop="orthogonal")
decoupled.twin("scaled", "with columns one per cent longer", constants={"share": Fraction(101, 100)})


# One coordinate, in units of its fitted value and of its pull: z = lambda uv/sigma is learned of it, w = (u - v)^2 shrinks, and
# s = eta sigma. As u + v grows like e^{sigma t}, 4z + w = (u + v)^2 is what grows by at most (1 + s)^2 a step.
s, v0, gap, z, w, q, z_next, level = symbols("s v0 gap z w q z_next level")
left = 1 - z


def orbit(s: Any, v0: Any, gap: Any, steps: int) -> Any:
    """The states of one coordinate, which starts at ``v = v0`` and ``u = v0 + gap``."""
    return diagonal_descent(Diagonal(lambda beta: beta - 1), v0 + gap, v0, s, steps)


ONE: dict[str, Any] = {
    "start": {z: v0 * (v0 + gap), w: gap**2},
    "step": {z: z * (1 + s * left) ** 2 + s * left * w, w: w * (1 - s * left) ** 2},
    "orbit": {
        z: lambda s, v0, gap, steps: [u * v for u, v in orbit(s, v0, gap, steps)],
        w: lambda s, v0, gap, steps: [(u - v) * (u - v) for u, v in orbit(s, v0, gap, steps)],
    },
    "over": {"s": Real(0, 1), "v0": Real(0, closed="left", drawn=2), "gap": Real(0, closed="left", drawn=2)},
    "given": {"small-step": s * (2 + gap**2) <= 1, "starts-below": v0 * (v0 + gap) <= 1},
}
UNIT = {"unit": (z >= 0) & (z <= 1) & (w >= 0) & (s * (2 + w) <= 1)}


def beside(factor: Any) -> dict[str, Any]:
    """The orbit beside a number q that starts at ``(u + v)^2`` and is multiplied by the square of a factor at every step."""
    return {
        **ONE,
        "start": {**ONE["start"], q: (2 * v0 + gap) ** 2},
        "step": {**ONE["step"], q: factor**2 * q},
        "along": {**UNIT, "positive": q >= 0},
    }


monotone = always(
    "DLN-3.monotone",
    z_next >= z,
    then={z: z_next},
    **ONE,
    along=UNIT,
    title="one coordinate, eta (2 sigma + lambda (u_0 - v_0)^2) <= 1: descent never falls and never passes the fitted value",
)
monotone.twin("any-step", "whatever the step", drop="small-step")
monotone.twin("from-above", "from any start", drop="starts-below")

growth = always(
    "DLN-3.growth",
    4 * z + w <= q,
    **beside(1 + s),
    title="one coordinate: u + v grows by at most 1 + s a step: nothing is learned before log(1/alpha)/log(1 + s)",
)
growth.twin("slower", "by at most (1 + s)^{9/10}", step={q: (1 + s) ** Fraction(9, 5) * q})

growth_lower = always(
    "DLN-3.growth-lower",
    4 * z + w >= q,
    **beside(1 + s * (1 - level)) | {"over": {**ONE["over"], "level": Real(0, 1)}},
    while_=z <= level,
    title="one coordinate: u + v grows by at least 1 + s(1 - theta) a step while z <= theta",
)
growth_lower.twin("faster", "by at least 1 + s", step={q: (1 + s) ** 2 * q})


@claim(
    "DLN-3.nested",
    title="off-diagonal X^T X <= 0 and X^T y >= 0, after one flip of signs: supports are nested and values never fall",
    statement=r"(X^\top X)_{ij} \le 0 \ (i \ne j),\ X^\top y \ge 0:\ |\beta_i(\tau)| \le |\beta_i(\tau')| \text{ for } \tau < \tau'",
    over={"data": Designs("repelling and aligned")},
    given={"repelling": Otherwise("data", Designs(columns=(2, 3)))},
    constants={"factor": 1},
)
def nested(data: Any, factor: Any) -> Any:
    steps = gains(data.path)
    return forall(*(a * b for a, b in steps), *(abs(b) - factor * abs(a) for a, b in steps))


nested.twin("any-columns", "for any columns", drop="repelling")
nested.twin(
    "by-a-tenth", "and what is learned grows by a tenth a jump", constants={"factor": Fraction(11, 10)}
)


def gains(path: Any) -> list[tuple[Any, Any]]:
    """Every coordinate of every stay, and what it is at the next."""
    return [pair for a, b in pairwise(path) for pair in zip(a.beta, b.beta, strict=True)]


def kept(path: Any) -> Any:
    """Supports are nested: how large the coordinates are that stay, minus the size of those that are lost."""
    return forall(*(abs(now) if now == 0 or then != 0 else -abs(now) for now, then in gains(path)))


a, c, d, b1, b2 = symbols("a c d b1 b2")
pair = lemma(
    "DLN-3.pair",
    (b1 * d + c * b2) / (a * d - c**2) >= b1 / a,
    over={n: Real(0, drawn=8) for n in ("a", "c", "d", "b1", "b2")},
    given={"definite": c**2 < a * d},
    title="two columns with x_1^T x_2 = -c <= 0: fitted together, a coordinate is no smaller than alone",
)
MORE = 100 * (b1 * d + c * b2) / (a * d - c**2) >= 101 * b1 / a
pair.twin("larger", "it is larger by one per cent", relation=MORE)
pair.twin("opposed", "also where x_2 is opposed to y", over={"b2": Real(drawn=8)})


claim(
    "DLN-3.not-nested",
    title="supports are always nested",
    statement=r"\beta_i(\tau) \ne 0 \Rightarrow \beta_i(\tau') \ne 0 \text{ for } \tau < \tau'",
    over=DESIGN,
    expects="refuted",
)(lambda data: kept(data.path))


claim(
    "DLN-3.not-nested-repelling",
    title="off-diagonal X^T X <= 0 is enough for nested supports, whatever X^T y",
    statement=r"(X^\top X)_{ij} \le 0 \ (i \ne j) \Rightarrow \text{supports are nested}",
    over={"data": Designs("repelling", columns=(2, 3))},
    expects="refuted",
)(lambda data: kept(data.path))


# found by explore for "the number of coordinates never falls", which too few designs refute for a check to meet one
FALLS = ((0, 1, 1), (3, 1, 1), (1, -2, 0))
DIFFERS = ((1, -2, 0), (-2, 0, 1), (-2, -1, 1))  # and this one for "the supports are those of the Lasso path"


@claim(
    "DLN-3.count-falls",
    title="the number of coordinates that are not 0 may fall: on this design it does, whatever the size of y",
    statement=r"y = c\,(1, 1, 0)^\top:\ \|\beta(\tau')\|_0 < \|\beta(\tau)\|_0 \text{ for some } \tau < \tau'",
    source=SOURCE,
    over={"c": Int(1, 99)},
    constants={"X": FALLS},
)
def count_falls(c: int, X: Any) -> Any:
    counts = [len(stay.support) for stay in diagonal_path(X, [c, c, *[0] * (len(X) - 2)])]
    return exists(*(a - b - 1 for a, b in pairwise(counts)))


count_falls.twin("two-rows", "without its last row", constants={"X": FALLS[:2]})


@claim(
    "DLN-3.not-best-subset",
    title="each support is the best subset of its size",
    statement=r"\min_{\operatorname{supp} b \subseteq S} L(b) = \min_{|S'| = |S|}\ \min_{\operatorname{supp} b \subseteq S'} L(b)",
    over=DESIGN,
    expects="refuted",
)
def not_best_subset(data: Any) -> Any:
    margins = []
    for stay in data.path:
        here = loss(data.exact, stay.beta)
        others = (fit(data.exact, S) for S in subsets(range(data.d), len(stay.support)))
        margins += [loss(data.exact, beta) - here for beta in others if beta is not None]
    return forall(*margins)


@claim(
    "DLN-3.not-lasso",
    title="the path is the Lasso path: what it visits are Lasso solutions",
    statement=r"\exists \kappa \ge 0:\ \beta(\tau) = \arg\min_b L(b) + \kappa \|b\|_1",
    over=DESIGN,
    expects="refuted",
)
def not_lasso(data: Any) -> Any:
    """A Lasso solution has -g = kappa sign(beta) on its support and |g| <= kappa; on its own the path has g = 0."""
    return forall(*(-abs(x) if stay.support else 0 * x for stay in data.path for x in stay.velocity))


@claim(
    "DLN-3.lasso-differs",
    title="nor need the supports be those of the Lasso path: on this design one is not, whatever the size of y",
    statement=r"y = c\,(0, 1, 0)^\top:\ \operatorname{sign}\beta(\tau) \ne "
    r"\operatorname{sign} \arg\min_b L(b) + \kappa \|b\|_1 \text{ for some } \tau, \text{ every } \kappa \ge 0",
    over={"c": Int(1, 99)},
    constants={"X": DIFFERS},
)
def lasso_differs(c: int, X: Any) -> Any:
    data = Data(X, (0, c, 0))
    gaps = []
    for stay in diagonal_path(data.X, data.y):
        S = sorted(stay.support)
        least, greatest = lasso_range(data, S, [1 if stay.beta[i] > 0 else -1 for i in S])
        gaps.append(strictly(least - greatest))
    return exists(*gaps)


lasso_differs.twin("orthogonal", "on orthogonal columns", constants={"X": ((1, -2, 0), (2, 1, 0), (0, 0, 1))})
