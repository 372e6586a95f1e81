"""Checking manifests: what the service would say of them, and what quietly spoils a model."""
