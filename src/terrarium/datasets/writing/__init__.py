"""Writing of a snapshot from data of any kind: read in chunks, checked, written, and committed at the end.

Only `terrarium.datasets` imports it.
"""

__all__: list[str] = []
