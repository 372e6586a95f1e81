"""A typed client for the model versions of Amazon Rekognition Custom Labels."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
