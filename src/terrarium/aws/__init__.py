"""How Terrarium speaks to AWS: clients of one session, and refusals put into plain words.

Foundation: every package may import it.
"""

from terrarium.aws.errors import translate_errors
from terrarium.aws.session import Session

__all__ = ["Session", "translate_errors"]
