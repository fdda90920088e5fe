"""Access to AWS: boto3 clients of one session.

Foundation: all higher layers may import it.
"""

from terrarium.aws._session import Session
from terrarium.aws_errors import translate_errors

__all__ = ["Session", "translate_errors"]
