# Generated from rekog_versions/failures/_async/__init__.py. Change that file, then run scripts/unasync.py.
"""The calls that `explain_failure()` makes."""
