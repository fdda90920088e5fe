"""Comparison of runs: a ranking, the values that differ, differences of code, and plots.

Service: higher services, the lab and faces may import it.
"""

from terrarium.compare._comparison import Comparison
from terrarium.compare._differences import DifferingSection

__all__ = ["Comparison", "DifferingSection"]
