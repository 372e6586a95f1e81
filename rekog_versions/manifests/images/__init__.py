"""The images that manifests name: what an image must be, and ways to look at one."""
