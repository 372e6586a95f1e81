"""The calls that `preflight()` makes."""
