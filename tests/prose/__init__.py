"""Check of the language of sources and documentation: `python -m tests.prose`, a part of `make lint`."""
