"""Difference between the clocks of this machine and of AWS."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from terrarium.aws._session import Session

__all__ = ["clock_difference"]


def clock_difference(session: Session, *, now: datetime | None = None) -> timedelta | None:
    """Return the time by which this machine's clock is ahead of AWS' clock, by the date header of a call of STS.

    Args:
        session: The clients. The result of the call does not matter: errors have a date, too.
        now: This machine's time. Default: now.

    Returns:
        Negative if the clock is behind; None if AWS does not answer.
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
