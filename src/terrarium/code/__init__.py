"""Code of recorded runs in git: search for commits, and comparison.

Service: higher services, the lab and faces may import it.
"""

from terrarium.code._trees import Trees
from terrarium.code.repository import Repository

__all__ = ["Repository", "Trees"]
