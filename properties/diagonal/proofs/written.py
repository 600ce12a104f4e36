"""The claims with a proof that is neither an induction nor a relation of its own."""

from rankladder.properties.diagonal.proofs import SHAPES, on_symbols, on_vectors

PROOFS = {
    **{id: on_vectors(id) for id in ("DLN-1.products", "DLN-1.imbalance", "DLN-1.flow")},
    **{
        id: on_symbols(id)
        for id in ("DLN-1.imbalance-size", "DLN-1.shift", "DLN-1.stability", "DLN-2.waiting", "DLN-2.tie")
    },
}
CERTIFICATES = {
    "DLN-1.row-space": on_symbols("DLN-1.row-space", [{"data": (1, 3)}, {"data": (2, 3)}], SHAPES),
    "DLN-3.decoupled": on_symbols("DLN-3.decoupled", [{"data": (2, 2)}], SHAPES),
}
