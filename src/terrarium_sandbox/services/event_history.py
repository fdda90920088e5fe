"""Event history of CloudTrail: the management events of the latest calls, for LookupEvents."""

import json
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import get_account_id_from, iam_backends
from moto.sts.models import sts_backends

from terrarium_sandbox.http.aws_call import Call

__all__ = ["EventHistory"]

# AWS keeps the events of 90 days.
_EVENTS = 20_000
_READS = ("BatchGet", "Describe", "Get", "Head", "List", "Lookup")
# Data events are not in the event history: only a trail that selects them records them.
# Source: AWS CloudTrail User Guide, "Working with CloudTrail event history" and "Logging data events".
_DATA = frozenset(
    {
        *(f"dynamodb:{one}Item" for one in ("BatchGet", "BatchWrite", "Delete", "Get", "Put", "Update")),
        *(f"dynamodb:{one}" for one in ("Query", "Scan", "TransactGetItems", "TransactWriteItems")),
        *(f"s3:{one}" for one in ("DeleteObjects", "ListObjects", "ListObjectsV2", "ListObjectVersions")),
        *(f"sns:{one}" for one in ("Publish", "PublishBatch")),
        *(f"sqs:{one}" for one in ("DeleteMessage", "ReceiveMessage", "SendMessage", "SendMessageBatch")),
    }
)


@dataclass(frozen=True, kw_only=True)
class _Event:
    call: str
    region: str
    access_key: str
    error: str | None
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def account(self) -> str:
        return str(get_account_id_from(self.access_key))

    @property
    def name(self) -> str:
        return self.call.partition(":")[2]

    def described(self) -> dict[str, Any]:
        source = f"{self.call.partition(':')[0]}.amazonaws.com"
        arn = _arn(self.access_key, self.account)
        reads = self.name.startswith(_READS)
        record = {
            "eventVersion": "1.11",
            "userIdentity": {"arn": arn, "accountId": self.account, "accessKeyId": self.access_key},
            "eventTime": self.time.isoformat(timespec="seconds"),
            "eventSource": source,
            "eventName": self.name,
            "awsRegion": self.region,
            "sourceIPAddress": "127.0.0.1",
            **({"errorCode": self.error} if self.error else {}),
            "eventID": self.id,
            "readOnly": reads,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": self.account,
        }
        return {
            "EventId": self.id,
            "EventName": self.name,
            "ReadOnly": str(reads).lower(),
            "AccessKeyId": self.access_key,
            "EventTime": self.time.timestamp(),
            "EventSource": source,
            "Username": arn.rpartition("/")[2],
            "Resources": [],
            "CloudTrailEvent": json.dumps(record),
        }


class EventHistory:
    """The latest management events of all accounts. Thread-safe.

    It records calls that IAM allowed, without their later errors, and calls that IAM denied. Events are available at
    once; AWS needs minutes.
    """

    def __init__(self) -> None:
        self._events: deque[_Event] = deque(maxlen=_EVENTS)

    def record(self, call: Call, access_key: str, error: str | None) -> None:
        """Record a call of an operation, unless it is a data event."""
        if call.name in _DATA or (call.service == "s3" and "Key" in call.parameters):
            return
        self._events.append(_Event(call=call.name, region=call.region, access_key=access_key, error=error))

    def dump(self) -> list[_Event]:
        """Return the events, to be saved."""
        return list(self._events)

    def load(self, events: list[_Event]) -> None:
        """Restore saved events."""
        self._events.extend(events)

    def lookup(
        self, *, account: str, region: str, keep: Callable[[Mapping[str, Any]], bool]
    ) -> Iterator[dict[str, Any]]:
        """Yield the events of an account and region that `keep` accepts, the latest first."""
        for event in reversed(self.dump()):
            if event.account == account and event.region == region:
                described = event.described()
                if keep(described):
                    yield described


def _arn(access_key: str, account: str) -> str:
    session = sts_backends[account]["aws"].get_assumed_role_from_access_key(access_key)
    if session is not None:
        return session.arn
    key = iam_backends[account]["aws"].access_keys.get(access_key)
    return f"arn:aws:iam::{account}:user/{key.user_name if key else 'deleted'}"
