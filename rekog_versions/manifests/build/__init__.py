"""Typed lines, and a writer that rejects the lines that the service would reject."""
