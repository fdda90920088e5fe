"""Reproduction: run a recorded run again from its record, and compare both runs.

Service: higher services, the lab and faces may import it.
"""

from terrarium.reproduce.differences import Difference, DifferenceKind
from terrarium.reproduce.reproduction_tags import reproduced_run
from terrarium.reproduce.verdict import Verdict

__all__ = ["Difference", "DifferenceKind", "Verdict", "reproduced_run"]
