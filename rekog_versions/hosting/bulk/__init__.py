"""Detection in bulk: the parts of `detect_all()`, `detect_line()` and `measure_capacity()` that need no event loop."""
