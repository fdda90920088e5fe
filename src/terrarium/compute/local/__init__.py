"""Jobs on this machine: executor, jobs, their processes and packages.

Service: it is a part of `terrarium.compute`; `terrarium` and the command line import it.
"""

__all__: list[str] = []
