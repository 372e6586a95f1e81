"""The datasets of projects: what they hold, and what happens to them."""

from rekog_versions.testing.datasets.dataset import Dataset

__all__ = ["Dataset"]
