"""Code of a checkout for jobs: its files, their archive, its upload and its unpacking.

Service: it is a part of `terrarium.compute`; higher services may import it.
"""

__all__: list[str] = []
