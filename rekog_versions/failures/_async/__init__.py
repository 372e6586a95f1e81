"""The calls that `explain_failure()` makes."""
