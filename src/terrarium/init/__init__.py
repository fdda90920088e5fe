"""`terrarium init`: a project with every asset of a use case, which passes its own tests."""

from terrarium.init.project import Project

__all__ = ["Project"]
