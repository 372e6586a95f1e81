"""The report of a version: one HTML file, or Markdown, with the verdict, the labels, the images and the cost."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
