"""Continuous delivery: the roles of CI, their statements and their permissions boundary.

`stacks` and `modules.access` import it.
"""
