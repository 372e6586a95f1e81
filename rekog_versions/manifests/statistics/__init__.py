"""Describe and compare manifests: what is in them, and what differs."""
