"""The code that runs were made of, in git: found again, and told apart.

Foundation: every package may import it.
"""

from terrarium.code.repository import Repository
from terrarium.code.trees import Trees

__all__ = ["Repository", "Trees"]
