"""How the claims of the catalogue are proved or certified, a module per subject.

Every module has a mapping ``PROOFS`` from the id of a claim to a function without arguments that returns a
:class:`~rankladder.proof.proof.Proof`, or its parts with the argument as the function's docstring.
"""
