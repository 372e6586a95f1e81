"""Check, before a training is paid for, whether its request would be rejected or its training fail."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
