"""Ground Truth manifests: read, checked, built, converted and split. No client is needed."""
