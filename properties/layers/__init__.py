"""What readers of the paper ask next: unequal entries, weight decay, the saddles on the way, momentum."""

from rankladder.language.catalogue import Assertion, Catalogue

CATALOGUE = Catalogue(
    name="layers",
    package=__name__,
    title="Two layers beside the spectral line: imbalance, weight decay, saddles, momentum",
    source="questions to Gidel, Bach, Lacoste-Julien (NeurIPS 2019), stated and answered by this project",
    unsourced="this project",
    families={
        "BAL": "unequal entries of the two factors, and large steps",
        "DECAY": "weight decay on both factors",
        "INDEX": "the saddles on the way",
        "MOM": "momentum",
    },
    assertions=(
        Assertion("B1", "descent balances the layers at every step size below the edge of stability",
                  ("BAL-1", "BAL-2", "BAL-3")),
        Assertion("B2", "beyond it the imbalance has thresholds of its own: the 2-cycle balances, s = 2 does not",
                  ("BAL-4", "BAL-5")),
        Assertion("B3", "weight decay shifts sigma to sigma - gamma: modes below are dropped, the limit is that of the nuclear norm",
                  ("DECAY-1", "DECAY-2", "DECAY-3")),
        Assertion("B4", "the saddles on the way have an index that counts spare hidden units and modes out of order",
                  ("INDEX-1",)),
        Assertion("B5", "momentum keeps the order of learning and changes its times, its stability and the imbalance at the end",
                  ("MOM-1", "MOM-2")),
    ),
    proofs=f"{__name__}.proofs",
    derivations="rankladder.theory:derivations_for",
    thresholds="rankladder.theory:layers_thresholds",
    thresholds_in="s = eta sigma",
)  # fmt: skip
