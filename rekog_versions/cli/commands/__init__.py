"""The commands of `rekog`, one module each."""
