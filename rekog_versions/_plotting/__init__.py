"""Helpers of all plots: axes with texts around them, and names of labels that can be drawn. They need matplotlib."""
