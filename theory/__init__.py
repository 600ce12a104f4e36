"""What the mathematics says: SymPy derives every formula from the loss, and each derivation verifies itself.

Nothing is derived on import; formulas are derived when first asked for and kept.

>>> from rankladder.theory import transition_step
>>> round(float(transition_step(0.05, 3.0, 10.0)), 3)
71.55
"""

import importlib
import pkgutil

import lazy_loader

if __name__ == "theory":
    raise ImportError("import rankladder.theory; since version 0.2 there is one import name, rankladder")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ += ["load_all"]


def load_all() -> None:
    """Import every module, so that every derivation is registered."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
