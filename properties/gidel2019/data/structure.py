"""How nearly a data set has the structure that theorems assume: commuting, whitened, an autoencoder's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rankladder.properties.gidel2019.data.assertion import counted
from rankladder.properties.gidel2019.data.geometry import SAME, Geometry

__all__ = ["Structure"]


@dataclass(frozen=True)
class Structure:
    """Relative distances of the moments from what a structure asks; 0 where the data have it.

    Attributes:
        commuting: ``||B||_F/||Sxx||_F``, B the part of Sxx that is off the diagonal between singular vectors of Sxy
            (PERT-4). 0 when orthogonal U, V diagonalise Sxy and U diagonalises Sxx too.
        whitened: least ``||Sxx/c - I||_2`` over c, as units of X are free; 1 where Sxx is singular.
        autoencoder: ``||Sxy - Sxx||_F/||Sxx||_F``; None where Y has not as many columns as X.
        d, p: columns of X and Y.
    """

    commuting: float
    whitened: float
    autoencoder: float | None
    d: int
    p: int

    @classmethod
    def of(cls, geometry: Geometry) -> Structure:
        """Measure a data set.

        >>> from rankladder.properties.gidel2019.data.reading import data_of_moments
        >>> found = Structure.of(Geometry.of(data_of_moments(np.diag([3.0, 1.0]), np.diag([3.0, 2.0]))))
        >>> found.commuting, round(found.whitened, 3), round(found.autoencoder, 3)
        (0.0, 0.5, 0.316)
        """
        data = geometry.data
        d, p = geometry.shape
        squares = np.linalg.svd(data.root, compute_uv=False) ** 2
        least = float(squares.min()) if len(squares) == d else 0.0
        most = float(squares.max())
        gap = None
        if d == p:
            gap = (
                0.0
                if data.autoencoder
                else float(np.linalg.norm(data.Sxy - data.Sxx) / np.linalg.norm(data.Sxx))
            )
        return cls(geometry.joint.noncommuting_share, (most - least) / (most + least), gap, d, p)

    def has(self, kind: str) -> bool:
        """Whether the data have a structure, to rounding of the data; all of them have that of no structure."""
        if kind == "noncommuting":
            return self.commuting > SAME
        if kind == "commuting":
            return self.commuting <= SAME
        distance = {"whitened": self.whitened, "autoencoder": self.autoencoder}[kind]
        return distance is not None and distance <= SAME

    def words(self, kind: str) -> str:
        """Whether the data have a structure, and how far they are from it where not."""
        if kind in ("commuting", "noncommuting"):
            share = f"the data do not commute, ||B||_F/||Sxx||_F = {self.commuting:.2g}"
            return "the data commute" if self.has("commuting") else share
        if kind == "whitened":
            distance = f"the inputs are not whitened, least ||Sxx/c - I||_2 = {self.whitened:.2g}"
            return "the inputs are whitened" if self.has(kind) else distance
        if self.has(kind):
            return "an autoencoder, Y is X"
        if self.autoencoder is None:
            return f"no autoencoder, Y is not X: it has {counted(self.p, 'column')}, X has {self.d}"
        return f"no autoencoder, Y is not X: ||Sxy - Sxx||_F/||Sxx||_F = {self.autoencoder:.2g}"

    def to_json(self) -> dict[str, float | None]:
        """The distances."""
        return {"commuting": self.commuting, "whitened": self.whitened, "autoencoder": self.autoencoder}
