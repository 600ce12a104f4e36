"""One expression, many arithmetics: balls, exact rationals, float64 batches, and formulas compiled to run in all of them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
