"""Run a recorded run again from what is on record of it, and say whether the same came out."""

from terrarium.reproduce.ingredients import Difference, Ingredient
from terrarium.reproduce.marks import reproduced_run
from terrarium.reproduce.verdict import Verdict

__all__ = ["Difference", "Ingredient", "Verdict", "reproduced_run"]
