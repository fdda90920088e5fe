"""Deterministic parts of a dataset: which row is in which follows from its values alone."""

__all__: list[str] = []
