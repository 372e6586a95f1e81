"""Where manifests are read from and written to: files and S3."""
