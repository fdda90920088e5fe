"""How Terrarium speaks to AWS: clients of one session, and refusals put into plain words."""

from terrarium.aws.refusals import explained
from terrarium.aws.session import Session

__all__ = ["Session", "explained"]
