"""Cost of an environment, estimated from its synthesized stack and a dated table of prices."""

from operations.cost.estimate import Estimate, estimate

__all__ = ["Estimate", "estimate"]
