"""Virtual environments with exact packages, separate from the running one.

Foundation: all higher layers may import it.
"""

from terrarium.venvs._virtual_environment import VirtualEnvironment
from terrarium.venvs.packages import Packages, own_package, sort_packages

__all__ = ["Packages", "VirtualEnvironment", "own_package", "sort_packages"]
