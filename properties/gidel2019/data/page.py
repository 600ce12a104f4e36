"""The report on a data set: the assertions, the modes, the runs, the picture; one page without a script."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rankladder.properties.gidel2019.data.assertion import counted, transition
from rankladder.report.rendering import embedded, render

__all__ = ["data_page"]


def data_page(
    report: Mapping[str, Any],
    *,
    names: Sequence[str],
    command: Sequence[str],
    versions: Mapping[str, str],
    picture: Any,
) -> str:
    """The page.

    Args:
        report: the document of ``rankladder data --json``.
        names: the files that were read.
        command: the words that repeat the run.
        versions: of what the figures rest on.
        picture: a matplotlib figure.

    Returns:
        One HTML document without references to anything outside it.
    """
    return render(
        "data.html",
        package="rankladder.properties.gidel2019",
        filters={"counted": counted, "number": _number, "whole": _whole},
        names=names,
        command=shlex.join(command),
        versions=versions,
        picture=embedded(picture, "loss and singular values of gradient descent over rescaled time"),
        **{"record": None, "transition": transition, **report},
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _whole(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
