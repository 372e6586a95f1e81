"""Waiting without I/O: what one look decides, when the next is due, and what to say when a wait ends."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
