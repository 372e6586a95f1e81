"""Run models and stop them on every exit path, list running models with their costs, and stop all of them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
