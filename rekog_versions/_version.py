"""The version of the package: what the wheel and the user agent are stamped with."""

__version__ = "0.1.0"
