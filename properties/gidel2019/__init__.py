"""The claims of, and around, Gidel, Bach and Lacoste-Julien (2019): one module a group of ids.

Adding a claim is one edit in one file.
"""

from rankladder.language.catalogue import Assertion, Catalogue

_COMMANDS = f"{__name__}.commands"

CATALOGUE = Catalogue(
    name="gidel2019",
    package=__name__,
    title="Implicit regularization of discrete gradient dynamics in linear networks",
    source=(
        "G. Gidel, F. Bach, S. Lacoste-Julien, Implicit Regularization of Discrete Gradient Dynamics in Linear "
        "Neural Networks, NeurIPS 2019 (arXiv 1904.13262), the abstract"
    ),
    families={
        "LIN": "the one-layer model",
        "FLOW": "two layers under gradient flow",
        "LIMIT": "vanishing initialization, in rescaled time",
        "ORDER": "which mode is learned first",
        "RRR": "whether the solutions visited are those of reduced-rank regression",
        "LOSS": "the loss along the way",
        "GD": "two layers under gradient descent",
        "STEP": "step sizes: monotone, convergent, bounded, divergent",
        "PERT": "data that commute almost",
        "INIT": "starts that are not spectral",
        "GEN": "data that do not commute",
        "DEPTH": "three layers and more",
    },
    assertions=(
        Assertion(
            "A1",
            "over-parametrised models have many zero-error solutions; the algorithm picks specific ones",
            ("LIN-3", "FLOW-5", "GD-9", "GD-11"),
        ),
        Assertion(
            "A2",
            "the algorithm's hyper-parameters (step size, initial scale) introduce the bias",
            ("STEP-1", "STEP-2", "STEP-3", "STEP-4", "STEP-5", "STEP-6", "STEP-7", "ORDER-2", "INIT-2"),
        ),
        Assertion(
            "A3",
            "a time rescaling exposes it",
            ("LIMIT-1", "LIMIT-2", "LIMIT-3", "LIMIT-4", "GD-6", "GD-7"),
        ),
        Assertion(
            "A4",
            "it needs vanishing initialization and a small enough step size",
            ("LIMIT-5", "GD-7", "GD-10", "STEP-6", "STEP-7"),
        ),
        Assertion(
            "A5",
            "the discrete dynamics sequentially learn the solutions of reduced-rank regression, of gradually "
            "increasing rank",
            ("RRR-1", "RRR-2", "RRR-3", "RRR-4", "RRR-5", "GD-9", "LOSS-2", "GEN-1", "GEN-2", "GEN-3"),
        ),
    ),
    proofs=f"{__name__}.proofs",
    derivations="rankladder.theory:derivations_for",
    thresholds="rankladder.theory:thresholds",
    commands={
        "simulate": (f"{_COMMANDS}.simulate_command", "the modes of a spectrum under gradient descent"),
        "data": (
            f"{_COMMANDS}.data_command",
            "what the theory says about your data, and what happens on it",
        ),
        "sweep": (f"{_COMMANDS}.sweep_command", "one mode, or a claim's margin, over a grid or a sample"),
        "plot": (f"{_COMMANDS}.plot_command", "draw one of the theory's pictures to a file"),
    },
    data=f"{_COMMANDS}.on_data:run_on_data",
)
