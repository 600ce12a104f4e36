r"""Pictures of the theory: each function takes and returns matplotlib ``Axes``; ``rankladder plot`` writes them to files.

>>> from rankladder.properties.gidel2019.pictures import phase_diagram
>>> phase_diagram().get_xlabel()
'step size times singular value, $s = \\eta\\sigma$'
"""

from rankladder.properties.gidel2019.pictures.one_mode import flow_beside_descent, phase_diagram, sandwich
from rankladder.properties.gidel2019.pictures.trajectories import (
    draw_modes,
    excess_loss,
    learned_values,
    staircase,
)

__all__ = [
    "draw_modes",
    "excess_loss",
    "flow_beside_descent",
    "learned_values",
    "phase_diagram",
    "sandwich",
    "staircase",
]
