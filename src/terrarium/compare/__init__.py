"""Runs side by side: only what differs, ranked and drawn."""

from terrarium.compare.comparison import Comparison
from terrarium.compare.differing import DifferingSection

__all__ = ["Comparison", "DifferingSection"]
