"""Jobs: code of this checkout on machines of the platform, or on this one.

Nothing is imported here: the entry point of every job is a module of this package, and has to be light.

Service: higher services, the lab and faces may import it.
"""

__all__: list[str] = []
