"""Why a recorded run is none of gradient descent with the step size and the data that were given for it: usual reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import data_of_moments

__all__ = ["usual_reason"]

Leads = Callable[[Geometry, float], bool]


def usual_reason(geometry: Geometry, eta: float, leads: Leads) -> str:
    """The usual mistake that explains the run, in words; empty where none does.

    Tried are gradients too large or small by the factors that another form of the loss brings, and data that are centred
    in one place and not in the other; then both.

    Args:
        leads: whether gradient descent on a geometry's data with a step size leads from recorded state to recorded state.
    """
    data = geometry.data
    other = None if data.otherwise is None else Geometry.of(data_of_moments(*data.otherwise))
    which = (
        "on data that are not centred, and here they are (--no-center leaves them as they are)"
        if data.centred
        else "on centred data, and here they are not (leave out --no-center)"
    )
    for made, where in ((geometry, ""), (other, which)):
        for factor, form in _factors(data.n, geometry.shape[1]) if made is not None else ():
            if not (factor == 1 and not where) and made is not None and leads(made, eta * factor):
                size = (
                    ""
                    if factor == 1
                    else f"with a gradient {factor:.4g} times as large ({form}) or with eta = {eta * factor:.8g}"
                )
                return (
                    f"its steps are those of descent {' and '.join(part for part in (size, where) if part)}"
                )
    return ""


def _factors(n: int | None, p: int) -> Iterator[tuple[float, str]]:
    """How many times as large as that of ``||XW - Y||_F^2/(2n)`` the gradient of another loss is, and which."""
    yield 1.0, ""
    yield 2.0, "a loss without the 1/2"
    yield 0.5, "half of the loss"
    if p > 1:
        yield 2 / p, "the mean over all entries of XW - Y, squared"
        yield 1 / p, "half of the mean over all entries of XW - Y, squared"
    if n is not None and n > 1:
        yield float(n), "a sum over the samples in the place of their mean"
        yield 2.0 * n, "a sum over the samples without the 1/2"
        yield 1 / n, "divided by the number of samples twice"
