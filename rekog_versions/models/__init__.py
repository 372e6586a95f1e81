"""The service's shapes as pydantic models: requests are strict, responses are tolerant."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
