"""Waiting: the schedule of polls, what each poll reports, and the decision after it. There is no I/O here."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
