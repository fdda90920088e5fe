"""Deterministic splits of datasets: the values of a row alone decide which part it belongs to.

Only `terrarium.datasets` imports it.
"""

__all__: list[str] = []
