"""Making manifests: typed lines, and a writer that refuses what the service would refuse."""
