"""Aliases of versions, such as `production`, with gates, history, rollback, deployment and clean-up."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
