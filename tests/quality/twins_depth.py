"""Broken twins of the claims about deeper networks."""

from __future__ import annotations

from fractions import Fraction

from rankladder.properties.gidel2019.depth import deep_orbit, deep_velocity, first_switch, switches
from tests.quality.twin import twin

MORE = Fraction(101, 100)

twin("DEPTH-1.flow", "any-data", "without commuting data", drop="commuting")
twin(
    "DEPTH-1.flow", "power-off", "a^L (sigma - lam a^(L+1))",
    conclusion=lambda problem, layers, delta, tilt: deep_velocity(problem, layers, delta, tilt, shift=1),
)  # fmt: skip
twin(
    "DEPTH-1.flow", "turned-frame", "the second factor begins with Q in place of its transpose",
    conclusion=lambda problem, layers, delta, tilt: deep_velocity(problem, layers, delta, tilt, turned=2),
)  # fmt: skip
twin(
    "DEPTH-1.flow", "every-factor", "L times as fast",
    conclusion=lambda problem, layers, delta, tilt: deep_velocity(problem, layers, delta, tilt, factor=layers),
)  # fmt: skip
twin("DEPTH-1.descent", "any-data", "without commuting data", drop="commuting")
twin(
    "DEPTH-1.descent", "larger-step", "a step 1% larger",
    conclusion=lambda problem, layers, delta, tilt, s1, steps: deep_orbit(problem, layers, delta, tilt, s1, steps, pace=MORE),
)  # fmt: skip
twin(
    "DEPTH-1.descent", "power-off", "a^(L-1) in place of a^(L-2)",
    conclusion=lambda problem, layers, delta, tilt, s1, steps: deep_orbit(problem, layers, delta, tilt, s1, steps, shift=1),
)  # fmt: skip
twin(
    "DEPTH-2.switch", "later", "1% later",
    conclusion=lambda sigma, lam, layers, theta, depth: switches(sigma, lam, layers, theta, depth, scale=1 / MORE),
)  # fmt: skip
twin(
    "DEPTH-2.switch", "earlier", "1% earlier",
    conclusion=lambda sigma, lam, layers, theta, depth: switches(sigma, lam, layers, theta, depth, scale=MORE),
)  # fmt: skip
twin(
    "DEPTH-2.switch", "power-off", "rescaled by a_0^(L-1)",
    conclusion=lambda sigma, lam, layers, theta, depth: switches(sigma, lam, layers, theta, depth, power=1),
)  # fmt: skip
twin("DEPTH-2.order", "any-start", "whatever the start", drop="small-start")
twin(
    "DEPTH-2.order", "by-a-tenth", "mode 1 first by a tenth of its time",
    conclusion=lambda sigma1, sigma2, lam1, lam2, layers, theta, small: first_switch(
        sigma1, sigma2, lam1, lam2, layers, theta, small, ahead=Fraction(11, 10)
    ),
)  # fmt: skip
