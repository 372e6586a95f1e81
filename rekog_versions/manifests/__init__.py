"""Ground Truth manifests: read, checked, built, converted and split. No client is needed."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
