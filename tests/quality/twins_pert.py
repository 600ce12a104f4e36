"""Broken twins of the claims about data that almost commutes."""

from __future__ import annotations

from fractions import Fraction

from rankladder import Int
from rankladder.properties.gidel2019.pert import (
    ALONG,
    PUSHED,
    STATE,
    both_diagonal,
    curvature,
    distance_from_commuting,
    forcing,
    halves,
    near_commuting,
    pushed,
    zero_iff,
)
from rankladder.properties.gidel2019.pert import _framed as framed
from tests.quality.twin import twin

MORE, LESS = Fraction(101, 100), Fraction(9, 10)

twin("PERT-1.halving", "quartering", "the gap falls to a quarter",
     conclusion=lambda problem, delta, t, share: halves(problem, delta, t, share, ratio=Fraction(1, 4)))  # fmt: skip
twin("PERT-1.halving", "tenth-less", "the gap falls to 9/20",
     conclusion=lambda problem, delta, t, share: halves(problem, delta, t, share, ratio=Fraction(9, 20)))  # fmt: skip
twin("PERT-2.bound", "quadratic", "quadratic in B",
     conclusion=lambda problem, delta, t: near_commuting(problem, delta, t, power=2))  # fmt: skip
twin("PERT-2.bound", "shrinking", "the exponent of the other sign",
     conclusion=lambda problem, delta, t: near_commuting(problem, delta, t, sign=-1))  # fmt: skip
ONE = dict.fromkeys("dpr", Int(1, 1))  # where both bounds are attained
twin("PERT-2.curvature", "tenth-less", "a tenth less", over={**STATE, **ALONG, **ONE},
     conclusion=lambda root, Sxy, W1, W2, V1, V2: curvature(root, Sxy, W1, W2, V1, V2, factor=LESS))  # fmt: skip
twin("PERT-2.curvature", "one-factor", "the first factor's part alone",
     conclusion=lambda root, Sxy, W1, W2, V1, V2: curvature(root, Sxy, W1, W2, V1, V2, second=0))  # fmt: skip
twin("PERT-2.forcing", "tenth-less", "a tenth less", over={**PUSHED, **ONE},
     conclusion=lambda E, W1, W2: pushed(E, W1, W2, factor=2 * LESS))  # fmt: skip
twin("PERT-2.forcing", "power-off", "M in place of M^2",
     conclusion=lambda E, W1, W2: pushed(E, W1, W2, power=1))  # fmt: skip
twin("PERT-3.residual", "power-off", "w in place of w^{3/2}",
     conclusion=lambda problem, delta, t: forcing(problem, delta, t, power=2))  # fmt: skip
twin("PERT-3.residual", "sign", "the other sign",
     conclusion=lambda problem, delta, t: forcing(problem, delta, t, sign=-1))  # fmt: skip
for _parent, _check in (("PERT-4.commutator", distance_from_commuting), ("PERT-4.frames", zero_iff)):
    for _slug, _scale in (("larger", MORE), ("smaller", 2 - MORE)):
        twin(_parent, _slug, f"a factor {_scale}",
             conclusion=lambda problem, U, V, check=_check, scale=_scale: (
                 check(problem, *framed(problem, U, V), scale=scale)
                 if check is distance_from_commuting
                 else check(problem, *framed(problem, U, V), share=scale)
             ))  # fmt: skip
twin("PERT-4.zero", "any-data", "without commuting data", drop="commuting")
twin(
    "PERT-4.zero", "larger", "sigma 1% larger", conclusion=lambda problem: both_diagonal(problem, scale=MORE)
)
