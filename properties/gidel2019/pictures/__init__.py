r"""Pictures of the theory: each function takes and returns matplotlib ``Axes``; ``rankladder plot`` writes them to files.

>>> from rankladder.properties.gidel2019.pictures import phase_diagram
>>> phase_diagram().get_xlabel()
'step size times singular value, $s = \\eta\\sigma$'
"""

from rankladder.properties.gidel2019.pictures.one_mode import (
    certified_run,
    flow_beside_descent,
    phase_diagram,
    sandwich,
)
from rankladder.properties.gidel2019.pictures.orders import plateau_losses, two_orders
from rankladder.properties.gidel2019.pictures.step_sizes import step_regimes
from rankladder.properties.gidel2019.pictures.trajectories import (
    draw_modes,
    excess_loss,
    learned_values,
    staircase,
)

__all__ = [
    "certified_run", "draw_modes", "excess_loss", "flow_beside_descent", "learned_values", "phase_diagram",
    "plateau_losses", "sandwich", "staircase", "step_regimes", "two_orders",
]  # fmt: skip
