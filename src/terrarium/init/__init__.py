"""`terrarium init`: creates a project with all assets of a use case, which passes its own tests.

Composition: only the command line imports it.
"""

from terrarium.init.project import Project

__all__ = ["Project"]
