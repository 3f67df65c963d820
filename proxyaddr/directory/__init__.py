"""Recipients, a directory of them, and the files that directories are exported to."""
