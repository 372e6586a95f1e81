"""Dividing a manifest into one for training and one for testing."""
