"""From data of any kind to a snapshot: read in portions, checked, written, and only then committed."""

__all__: list[str] = []
