"""Checks of the files in `environments/`, which `make test-environments` runs."""
