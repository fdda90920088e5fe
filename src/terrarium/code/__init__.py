"""The code that runs were made of, in git: found again, and told apart.

Service: higher services, the lab and faces may import it.
"""

from terrarium.code.repository import Repository
from terrarium.code.trees import Trees

__all__ = ["Repository", "Trees"]
