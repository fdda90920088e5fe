"""Packages of a job: the requested lock, its installation, and wheels that jobs share.

Service: it is a part of `terrarium.compute`; the other parts import it.
"""

__all__: list[str] = []
