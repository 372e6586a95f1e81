"""Many at once: waiting for any number of versions, and keeping as many trainings going as the account allows."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
