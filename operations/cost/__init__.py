"""Cost of an environment, estimated from its synthesized stack and a dated table of prices.

Only `operations` imports it.
"""

from operations.cost.estimate import Estimate, estimate

__all__ = ["Estimate", "estimate"]
