"""Pictures of claims: each function takes and returns matplotlib ``Axes``."""

from rankladder.report.pictures.ladder import assumption_ladder
from rankladder.report.pictures.margins import assumption_map, margin_landscape

__all__ = ["assumption_ladder", "assumption_map", "margin_landscape"]
