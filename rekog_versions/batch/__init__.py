"""Train many versions, or wait for many, with shared calls that stay below a rate."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
