# Generated from rekog_versions/preflight/_async/__init__.py. Change that file, then run scripts/unasync.py.
"""The calls that `preflight()` makes."""
