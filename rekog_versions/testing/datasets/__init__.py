"""The datasets of projects, and their entries."""
