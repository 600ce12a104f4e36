"""The claims about diagonal linear networks: one step, the path from a vanishing start, its supports."""

from rankladder.language.catalogue import Catalogue

CATALOGUE = Catalogue(
    name="diagonal",
    package=__name__,
    title="Diagonal linear networks from a vanishing start",
    source="",
    families={"DLN": "diagonal linear networks"},
    proofs=f"{__name__}.proofs",
)
