"""Deterministic splits of datasets: the values of a row alone decide which part it belongs to."""

__all__: list[str] = []
