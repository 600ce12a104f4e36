"""What the mathematics says: SymPy derives every formula from the loss, and each derivation verifies itself.

Nothing is derived on import; formulas are derived when first asked for and kept.

>>> from rankladder.theory import transition_step
>>> round(float(transition_step(0.05, 3.0, 10.0)), 3)
71.55
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rankladder.theory.depth import deep_entry_step as deep_entry_step
    from rankladder.theory.depth import deep_entry_velocity as deep_entry_velocity
    from rankladder.theory.depth import deep_switch_times as deep_switch_times
    from rankladder.theory.derivation import Derivation as Derivation
    from rankladder.theory.derivation import DerivationError as DerivationError
    from rankladder.theory.derivation import Step as Step
    from rankladder.theory.derivation import all_derivations as all_derivations
    from rankladder.theory.derivation import derivations_for as derivations_for
    from rankladder.theory.descent import decay_factor as decay_factor
    from rankladder.theory.descent import growth_factor as growth_factor
    from rankladder.theory.descent import hit_bracket as hit_bracket
    from rankladder.theory.descent import hit_bracket_log as hit_bracket_log
    from rankladder.theory.descent import logistic as logistic
    from rankladder.theory.descent import logistic_logit as logistic_logit
    from rankladder.theory.descent import next_order_hit as next_order_hit
    from rankladder.theory.descent import normal_form_step as normal_form_step
    from rankladder.theory.descent import rate_lower as rate_lower
    from rankladder.theory.descent import rate_upper as rate_upper
    from rankladder.theory.descent import transition_step as transition_step
    from rankladder.theory.flow import fitted_value as fitted_value
    from rankladder.theory.flow import hitting_time as hitting_time
    from rankladder.theory.flow import hitting_time_log as hitting_time_log
    from rankladder.theory.flow import initial_fraction as initial_fraction
    from rankladder.theory.flow import initial_log_fraction as initial_log_fraction
    from rankladder.theory.flow import mode_logit as mode_logit
    from rankladder.theory.flow import mode_window as mode_window
    from rankladder.theory.flow import null_value as null_value
    from rankladder.theory.formula import Formula as Formula
    from rankladder.theory.limits import limit_value as limit_value
    from rankladder.theory.limits import order_delta as order_delta
    from rankladder.theory.limits import plateau_delta as plateau_delta
    from rankladder.theory.limits import plateau_error as plateau_error
    from rankladder.theory.limits import plateau_time as plateau_time
    from rankladder.theory.network import descent_step as descent_step
    from rankladder.theory.network import entry_step as entry_step
    from rankladder.theory.network import mode_velocity as mode_velocity
    from rankladder.theory.noncommuting import escape_steps as escape_steps
    from rankladder.theory.noncommuting import second_transition as second_transition
    from rankladder.theory.noncommuting import second_transition_step as second_transition_step
    from rankladder.theory.one_layer import one_layer_descent_fraction as one_layer_descent_fraction
    from rankladder.theory.one_layer import one_layer_flow_fraction as one_layer_flow_fraction
    from rankladder.theory.reduced_rank import mode_excess_loss as mode_excess_loss
    from rankladder.theory.reduced_rank import mode_loss as mode_loss
    from rankladder.theory.reduced_rank import plateau_excess_loss as plateau_excess_loss
    from rankladder.theory.reduced_rank import rrr_gain as rrr_gain
    from rankladder.theory.stability import cycle_multiplier as cycle_multiplier
    from rankladder.theory.stability import hessian_eigenvalue as hessian_eigenvalue
    from rankladder.theory.stability import two_cycle as two_cycle
    from rankladder.theory.stability import unstable_rate as unstable_rate
    from rankladder.theory.step_regimes import threshold_polynomials as threshold_polynomials
    from rankladder.theory.step_regimes import thresholds as thresholds

if __name__ == "theory":
    raise ImportError("import rankladder.theory; since version 0.2 there is one import name, rankladder")

_HOMES = {
    "depth": ("deep_entry_step", "deep_entry_velocity", "deep_switch_times"),
    "derivation": ("Derivation", "DerivationError", "Step", "all_derivations", "derivations_for"),
    "descent": ("decay_factor", "growth_factor", "hit_bracket", "hit_bracket_log", "logistic", "logistic_logit",
                "next_order_hit", "normal_form_step", "rate_lower", "rate_upper", "transition_step"),
    "flow": ("fitted_value", "hitting_time", "hitting_time_log", "initial_fraction", "initial_log_fraction",
             "mode_logit", "mode_window", "null_value"),
    "formula": ("Formula",),
    "limits": ("limit_value", "order_delta", "plateau_delta", "plateau_error", "plateau_time"),
    "network": ("descent_step", "entry_step", "mode_velocity"),
    "noncommuting": ("escape_steps", "second_transition", "second_transition_step"),
    "perturbation": (),
    "one_layer": ("one_layer_descent_fraction", "one_layer_flow_fraction"),
    "rates": (),
    "reduced_rank": ("mode_excess_loss", "mode_loss", "plateau_excess_loss", "rrr_gain"),
    "starts": (),
    "stability": ("cycle_multiplier", "hessian_eigenvalue", "two_cycle", "unstable_rate"),
    "step_regimes": ("threshold_polynomials", "thresholds"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, "load_all"])  # noqa: PLE0605


def load_all() -> None:
    """Import every module, so that every derivation is registered."""
    for home in _HOMES:
        import_module(f"rankladder.theory.{home}")


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'rankladder.theory' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"rankladder.theory.{home}"), name)
    return value
