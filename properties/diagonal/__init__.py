"""The claims about diagonal linear networks, ``β = u ∘ v``: one step, the path from a vanishing start, its supports."""

from rankladder.language.catalogue import Assertion, Catalogue

CATALOGUE = Catalogue(
    name="diagonal",
    package=__name__,
    title="Diagonal linear networks from a vanishing start",
    source=(
        "S. Pesme, N. Flammarion, Saddle-to-Saddle Dynamics in Diagonal Linear Networks, NeurIPS 2023 "
        "(arXiv 2304.00488), the abstract"
    ),
    unsourced="this project",
    families={"DLN": "diagonal linear networks"},
    assertions=(
        Assertion("P1", "in the limit of vanishing initialisation the flow jumps from a saddle of the loss to another",
                  ("DLN-1.flow", "DLN-2.waiting", "DLN-2.saddle", "DLN-2.descent")),
        Assertion("P2", "it ends at the solution of least l1 norm", ("DLN-2.end",)),
        Assertion("P3", "each saddle minimises the loss on an active set, outside of which the coordinates are zero",
                  ("DLN-2.saddle", "DLN-2.jump")),
        Assertion("P4", "a recursive algorithm gives saddles and jump times; it resembles the one for the Lasso path",
                  ("DLN-2.dual", "DLN-2.jump", "DLN-3.not-lasso", "DLN-3.lasso-differs")),
        Assertion("P5", "coordinates are activated one after the other, but their number need not grow",
                  ("DLN-3.ladder", "DLN-3.nested", "DLN-3.not-nested", "DLN-3.count-falls")),
        Assertion("P6", "hardly anything is assumed of the data", ("DLN-2.jump", "DLN-2.tie")),
    ),
    words={
        "general-position": "each solution on the path is the only one",
        "orthogonal": "the columns of X are orthogonal",
        "repelling": "after a change of signs, X^T X has no positive entry off the diagonal and X^T y no negative one",
        "resolved": "alpha is small enough that the stays on the path are seen",
        "soon-over": "the last jump comes at most three times as late as the first",
        "unbalanced": "u^2 and v^2 differ in every coordinate",
    },
    proofs=f"{__name__}.proofs",
    derivations="rankladder.theory:derivations_for",
)  # fmt: skip
