"""What the mathematics says: SymPy derives every formula from the loss, and each derivation verifies itself.

Nothing is derived on import; formulas are derived when first asked for and kept.

>>> from theory import transition_step
>>> round(float(transition_step(0.05, 3.0, 10.0)), 3)
71.55
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "derivation": ("Derivation", "DerivationError", "Step", "all_derivations", "derivations_for"),
    "descent": ("growth_factor", "hit_bracket", "hit_bracket_log", "logistic", "logistic_logit", "normal_form_step",
                "rate_lower", "rate_upper", "transition_step"),
    "flow": ("fitted_value", "hitting_time", "initial_fraction", "limit_value", "mode_logit", "mode_window",
             "null_value", "plateau_time"),
    "formula": ("Formula",),
    "network": ("descent_step", "entry_step", "mode_velocity"),
    "reduced_rank": ("mode_excess_loss", "mode_loss", "one_layer_descent_fraction", "one_layer_flow_fraction",
                     "plateau_excess_loss", "rrr_gain"),
    "stability": ("cycle_multiplier", "hessian_eigenvalue", "thresholds", "two_cycle", "unstable_rate"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, "load_all"])  # noqa: PLE0605


def load_all() -> None:
    """Import every module, so that every derivation is registered."""
    for home in _HOMES:
        import_module(f"theory.{home}")


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'theory' has no attribute {name!r}")
    value = getattr(import_module(f"theory.{home}"), name)
    if not isinstance(value, type(import_module)) or name != home:
        globals()[name] = value
    return value
