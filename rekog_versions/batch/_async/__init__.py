"""The calls of a batch, and the iterators over its outcomes."""
