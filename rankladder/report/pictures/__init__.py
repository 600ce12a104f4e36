r"""Pictures: each function takes and returns matplotlib ``Axes``; ``rankladder plot`` writes them to files.

>>> from rankladder.report.pictures import phase_diagram
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
from rankladder.report.pictures.margins import assumption_map, margin_landscape

__all__ = [
    "assumption_map",
    "draw_modes",
    "excess_loss",
    "flow_beside_descent",
    "learned_values",
    "margin_landscape",
    "phase_diagram",
    "sandwich",
    "staircase",
]
