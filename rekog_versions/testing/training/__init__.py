"""A simulated training: it reads the manifests, draws predictions, evaluates them and writes the results."""
