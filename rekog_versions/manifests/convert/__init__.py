"""Making manifests of what people have: folders, tables, COCO files, and what labelling jobs write."""
