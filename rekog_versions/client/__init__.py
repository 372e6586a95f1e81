"""The clients: `VersionsClient` for boto3 and `AsyncVersionsClient` for asyncio."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
