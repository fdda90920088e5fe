"""Continuous delivery: the roles of CI, their statements and their permissions boundary."""
