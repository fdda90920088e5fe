"""Terrarium hands a provisioned machine-learning platform to experiment code."""

from terrarium.errors import Error

__all__ = ["Error"]
