"""rankladder's claims and checker: state a claim, get a verdict with evidence.

>>> from rankladder import Real, check, claim
>>> @claim("doc-init", over=dict(x=Real(0, 1)), title="a parabola stays below one quarter")
... def _(x):
...     return 1 / 4 - x * (1 - x)
>>> str(check("doc-init", examples=50).verdict)
'tested'
"""

import lazy_loader

# the names and where they live: __init__.pyi, read here and by type checkers
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
