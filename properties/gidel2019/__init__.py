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
    unsourced="this project",
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
        Assertion("A1", "over-parametrised models have many zero-error solutions; the algorithm picks specific ones",
                  ("LIN-3.minimiser", "LIN-3.minimum-norm", "LIN-3.not-every-step", "FLOW-5", "GD-9", "GD-11")),
        Assertion("A2", "the algorithm's hyper-parameters (step size, initial scale) introduce the bias",
                  ("STEP-1.monotone", "STEP-1.limit", "STEP-1.not-to-one", "STEP-2.limit", "STEP-2.not-to-two",
                   "STEP-3.bounded", "STEP-4.gap", "STEP-5.iff", "STEP-5.not-beyond",
                   "STEP-6.monotone", "STEP-6.convergent", "STEP-6.not-to-one", "STEP-6.not-to-two",
                   "STEP-7.stable", "STEP-7.not-half", "STEP-7.not-two-sigma",
                   "ORDER-2.descent", "ORDER-2.rescaled", "ORDER-2.scaled-order", "ORDER-2.not-by-sigma",
                   "ORDER-2.not-three", "ORDER-2.not-lam", "INIT-2.order", "INIT-2.not-within-one")),
        Assertion("A3", "a time rescaling exposes it",
                  ("LIMIT-1", "LIMIT-2", "LIMIT-3", "LIMIT-4", "GD-6", "GD-7.before", "GD-7.after",
                   "GD-7.transition", "GD-7.series", "GD-7.not-continuous-time")),
        Assertion("A4", "it needs vanishing initialization and a small enough step size",
                  ("LIMIT-5.no-fixed-start", "LIMIT-5.tied-time", "GD-7.before", "GD-7.after", "GD-10.order",
                   "GD-10.order-below", "GD-10.not-small-step-alone", "STEP-6.monotone", "STEP-6.convergent",
                   "STEP-6.not-to-one", "STEP-6.not-to-two", "STEP-7.stable", "STEP-7.not-half")),
        Assertion("A5", "the discrete dynamics sequentially learn the solutions of reduced-rank regression, of gradually "
                  "increasing rank",
                  ("RRR-1.solution", "RRR-1.visited", "RRR-1.not-sigma-over-lam", "RRR-2",
                   "RRR-3.not-every-commuting", "RRR-4", "RRR-5.stable", "GD-9", "LOSS-2",
                   "GEN-1.stable", "GEN-1.saddle", "GEN-1.plateau", "GEN-2.exchange", "GEN-3.rate", "GEN-3.not-sigma2")),
    ),
    words={
        "autoencoder": "the targets are the inputs: Y = X",
        "below-level": "the mode starts below the level theta at which it counts as learned",
        "bounded-step": "the step is small enough that descent stays bounded: eta sigma <= 2",
        "close-values": "sigma_1 and sigma_2 lie close together: share < 1, share being their gap over the one at which the claim ends",
        "commuting": "the data commute: one pair of bases makes Sxx and Sxy diagonal",
        "consistent": "where sigma is larger, sigma^2/lambda is at least as large",
        "convergent": "the step is small enough that every mode alone converges: eta sigma <= 1",
        "early": "before the time at which the mode is learned: reach < 1, reach being rescaled time in units of that time",
        "forward-time": "delta >= 0: rescaled time runs forwards",
        "half-start": "the mode starts at no more than half of its fitted value",
        "inside": "the mode starts at z <= (2 + s)/s, with s = eta sigma: from beyond descent runs away",
        "large-step": "the step is larger than a threshold; the claim says which",
        "late": "after the time at which the mode is learned: reach > 1, reach being rescaled time in units of that time",
        "quiet-null": "in null modes, those with sigma = 0 and nothing to learn, the start is small: eta lambda w < 2",
        "range": "Sxy lies in the range of Sxx, as moments of samples do",
        "scaled-order": "modes start at e^(-2 c_i delta), each with its own c_i, and c_i/sigma_i < c_j/sigma_j",
        "small-start": "each mode with sigma > 0 starts below its fitted value, or below the level theta that it is to reach",
        "small-step": "the step is below a threshold: mostly eta sigma_1 <= 1/2, sigma_1 being the largest sigma",
        "stable-step": "the step is so small that the best fit does not repel descent",
        "upper-level": "the level theta lies above one half",
        "vanishing": "the start is as small as the claim asks: delta is at least an explicit bound",
        "whitened": "the inputs are whitened: Sxx is the identity",
    },
    proofs=f"{__name__}.proofs",
    derivations="rankladder.theory:derivations_for",
    thresholds="rankladder.theory:thresholds",
    thresholds_in="s = eta sigma",
    setting="Two layers start as in the paper's theorem, with the singular vectors of the data and a scale of e^-delta on every "
    "mode. Of other starts only INIT-1, INIT-2 and GEN-1 to GEN-3 speak, which are tested for the most part.",
    commands={
        "simulate": (f"{_COMMANDS}.simulate_command", "the modes of a spectrum under gradient descent"),
        "data": (f"{_COMMANDS}.data_command", "what the theory says about your data, and what happens on it"),
        "sweep": (f"{_COMMANDS}.sweep_command", "one mode, or a claim's margin, over a grid or a sample"),
        "plot": (f"{_COMMANDS}.plot_command", "draw one of the theory's pictures to a file"),
    },
    data=f"{_COMMANDS}.on_data:run_on_data",
    simulator=f"{_COMMANDS}.own_algorithm:OwnAlgorithm",
)  # fmt: skip
