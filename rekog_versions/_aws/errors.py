"""botocore's two base exceptions, for `except` clauses outside this package."""

from botocore.exceptions import BotoCoreError, ClientError

__all__ = ["BotoCoreError", "ClientError"]
