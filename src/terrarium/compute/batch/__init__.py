"""Jobs in AWS Batch: their requests, checks, placement, states and logs.

Service: it is a part of `terrarium.compute`; higher services may import it.
"""

__all__: list[str] = []
