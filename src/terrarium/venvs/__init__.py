"""Virtual environments with exact packages, separate from the running one.

Foundation: all higher layers may import it.
"""

from terrarium.venvs.packages import Packages, own_package, sort_packages
from terrarium.venvs.virtual_environment import VirtualEnvironment

__all__ = ["Packages", "VirtualEnvironment", "own_package", "sort_packages"]
