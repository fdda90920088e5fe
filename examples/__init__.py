"""Complete use cases, run by `make quickstart` and by the tests."""
