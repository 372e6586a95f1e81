"""Models that run: for the length of a `with` statement, listed with what they cost, and stopped."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
