"""The datasets of projects: what they hold, what happens to them, and the operations on them."""

from rekog_versions.testing.datasets.dataset import Dataset

__all__ = ["Dataset"]
