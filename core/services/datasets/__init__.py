"""Import, build, list, export and remove data sets."""
