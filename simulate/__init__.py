"""What the algorithm does: descent, flow, starts and data, in float64 or in rigorous balls.

Nothing here knows a formula that it is meant to test. Names are imported when first used, so that
``import simulate`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rankladder.simulate.balls import Ball as Ball
    from rankladder.simulate.balls import TooLong as TooLong
    from rankladder.simulate.balls import Undecided as Undecided
    from rankladder.simulate.balls import as_balls as as_balls
    from rankladder.simulate.balls import ball as ball
    from rankladder.simulate.balls import hull as hull
    from rankladder.simulate.balls import is_exact_number as is_exact_number
    from rankladder.simulate.balls import midpoints as midpoints
    from rankladder.simulate.balls import precision as precision
    from rankladder.simulate.batches import matrix_descents as matrix_descents
    from rankladder.simulate.decomposition import JointDecomposition as JointDecomposition
    from rankladder.simulate.decomposition import check_moments as check_moments
    from rankladder.simulate.decomposition import joint_decomposition as joint_decomposition
    from rankladder.simulate.deep import deep_descent as deep_descent
    from rankladder.simulate.deep import deep_flow_time as deep_flow_time
    from rankladder.simulate.deep import deep_gradients as deep_gradients
    from rankladder.simulate.departures import choosing as choosing
    from rankladder.simulate.entry_orbits import ModeOrbit as ModeOrbit
    from rankladder.simulate.entry_orbits import mode_descent as mode_descent
    from rankladder.simulate.float_bounds import DescentBounds as DescentBounds
    from rankladder.simulate.float_bounds import descent_bounds as descent_bounds
    from rankladder.simulate.flows import ModeFlow as ModeFlow
    from rankladder.simulate.flows import gradient_flow as gradient_flow
    from rankladder.simulate.flows import mode_flow as mode_flow
    from rankladder.simulate.flows import one_layer_flow as one_layer_flow
    from rankladder.simulate.hitting import first_hit as first_hit
    from rankladder.simulate.hitting import first_hits as first_hits
    from rankladder.simulate.iteration import horizon_bits as horizon_bits
    from rankladder.simulate.modes import ModeRun as ModeRun
    from rankladder.simulate.modes import log_initial_fraction as log_initial_fraction
    from rankladder.simulate.modes import mode_trajectory as mode_trajectory
    from rankladder.simulate.modes import vanishing_steps as vanishing_steps
    from rankladder.simulate.networks import matrix_descent as matrix_descent
    from rankladder.simulate.networks import matrix_descent_data as matrix_descent_data
    from rankladder.simulate.networks import one_layer_descent as one_layer_descent
    from rankladder.simulate.orbits import Orbit as Orbit
    from rankladder.simulate.orbits import descent as descent
    from rankladder.simulate.problems import hessian_two_layer as hessian_two_layer
    from rankladder.simulate.problems import least_squares_loss as least_squares_loss
    from rankladder.simulate.problems import loss as loss
    from rankladder.simulate.problems import moments as moments
    from rankladder.simulate.problems import one_layer_gradient as one_layer_gradient
    from rankladder.simulate.problems import two_layer_gradients as two_layer_gradients
    from rankladder.simulate.reduced_rank import prediction_norm as prediction_norm
    from rankladder.simulate.reduced_rank import reduced_rank_losses as reduced_rank_losses
    from rankladder.simulate.reduced_rank import reduced_rank_regression as reduced_rank_regression
    from rankladder.simulate.starts import gaussian_start as gaussian_start
    from rankladder.simulate.starts import spectral_start as spectral_start
    from rankladder.simulate.starts import unbalanced_start as unbalanced_start
    from rankladder.simulate.trajectories import OneLayerTrajectory as OneLayerTrajectory
    from rankladder.simulate.trajectories import Trajectory as Trajectory

if __name__ == "simulate":
    raise ImportError("import rankladder.simulate; since version 0.2 there is one import name, rankladder")

_HOMES = {
    "balls": (
        "Ball", "TooLong", "Undecided", "as_balls", "ball", "hull", "is_exact_number", "midpoints", "precision",
    ),
    "batches": ("matrix_descents",),
    "decomposition": ("JointDecomposition", "check_moments", "joint_decomposition"),
    "deep": ("deep_descent", "deep_flow_time", "deep_gradients"),
    "departures": ("choosing",),
    "entry_orbits": ("ModeOrbit", "mode_descent"),
    "float_bounds": ("DescentBounds", "descent_bounds"),
    "flows": ("ModeFlow", "gradient_flow", "mode_flow", "one_layer_flow"),
    "hitting": ("first_hit", "first_hits"),
    "iteration": ("horizon_bits",),
    "modes": ("ModeRun", "log_initial_fraction", "mode_trajectory", "vanishing_steps"),
    "networks": ("matrix_descent", "matrix_descent_data", "one_layer_descent"),
    "orbits": ("Orbit", "descent"),
    "problems": (
        "hessian_two_layer", "least_squares_loss", "loss", "moments", "one_layer_gradient",
        "two_layer_gradients",
    ),
    "reduced_rank": ("prediction_norm", "reduced_rank_losses", "reduced_rank_regression"),
    "starts": ("gaussian_start", "spectral_start", "unbalanced_start"),
    "trajectories": ("OneLayerTrajectory", "Trajectory"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'rankladder.simulate' has no attribute {name!r}")
    value = getattr(import_module(f"rankladder.simulate.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
