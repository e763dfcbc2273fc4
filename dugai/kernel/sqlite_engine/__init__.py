"""Django's SQLite engine with two habits of ours, named in `DATABASES` by this package's path; see `base`."""
