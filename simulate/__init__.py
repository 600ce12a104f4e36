"""What the algorithm does: descent, flow, starts and data, in float64 or in rigorous balls.

Nothing here knows a formula that it is meant to test. Names are imported when first used, so that
``import rankladder.simulate`` costs nothing.
"""

import lazy_loader

if __name__ == "simulate":
    raise ImportError("import rankladder.simulate; since version 0.2 there is one import name, rankladder")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
