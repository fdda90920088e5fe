"""How Terrarium speaks to AWS: clients of one session, and refusals put into plain words.

Foundation: all higher layers may import it.
"""

from terrarium.aws.session import Session
from terrarium.aws_errors import translate_errors

__all__ = ["Session", "translate_errors"]
