"""Code of recorded runs in git: search for commits, and comparison.

Service: higher services, the lab and faces may import it.
"""

from terrarium.code.repository import Repository
from terrarium.code.trees import Trees

__all__ = ["Repository", "Trees"]
