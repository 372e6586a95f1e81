# Generated from rekog_versions/batch/_async/__init__.py. Change that file, then run scripts/unasync.py.
"""The calls of a batch, and the iterators over its outcomes."""
