"""Virtual environments of exact packages, beside the one that runs."""

from terrarium.installation.packages import Packages, own_package, sort_packages
from terrarium.installation.virtual_environment import VirtualEnvironment

__all__ = ["Packages", "VirtualEnvironment", "own_package", "sort_packages"]
