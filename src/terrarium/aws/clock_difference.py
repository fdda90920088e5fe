"""By how much this machine's clock differs from that of AWS."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from terrarium.aws.session import Session

__all__ = ["clock_difference"]


def clock_difference(session: Session, *, now: datetime | None = None) -> timedelta | None:
    """Return by how much this machine's clock is ahead of AWS', as the answer to a call of STS dates it.

    Args:
        session: Whose clients to use; what STS answers is no matter, since refusals have a date, too.
        now: This machine's time. Default: now.

    Returns:
        Negative where the clock is behind; None where AWS does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = session.client("sts").get_caller_identity()
    except ClientError as refused:
        answer = refused.response
    except BotoCoreError:
        return None
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    if date is None:
        return None
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (now or datetime.now(UTC)) - theirs
