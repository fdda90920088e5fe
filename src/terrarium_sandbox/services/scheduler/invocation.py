"""Invocations of the targets of schedules, with retries and dead-letter queues."""

import datetime
import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from moto.iam.exceptions import NotFoundException
from moto.scheduler.models import Schedule

from terrarium.errors import Error
from terrarium_sandbox.rules.keys.scheduler import schedule_key_denial
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.service_client import client_as_role
from terrarium_sandbox.services.targets import call_of, queue_address

__all__ = ["Invocation", "Invocations"]

_PRINCIPAL = "scheduler.amazonaws.com"
_PAUSE_SECONDS = 60
_WORTH_ANOTHER_TRY = frozenset({"ThrottlingException", "TooManyRequestsException", "ServiceUnavailable"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Invocation:
    """An invocation of a due schedule.

    Attributes:
        schedule_arn: The schedule.
        target: The target at that time.
        moment: The time at which it was due.
        account: The account of the schedule.
        region: The region of the schedule.
        id: The unique id of the invocation.
        attempt: The number of the attempt, from 1.
        key: The customer-managed key that encrypts its input, if any.
    """

    schedule_arn: str
    target: Mapping[str, Any]
    moment: datetime.datetime
    account: str
    region: str
    id: str
    attempt: int = 1
    key: str | None = None

    @classmethod
    def of(cls, schedule: Schedule, moment: datetime.datetime, *, account: str, region: str) -> "Invocation":
        """Return the invocation of a schedule at one moment."""
        return cls(
            schedule.arn,
            schedule.target,
            moment,
            account,
            region,
            str(uuid.uuid4()),
            key=schedule.kms_key_arn,
        )

    @property
    def payload(self) -> str:
        """Return the input, with the values of context attributes.

        https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
        """
        text: str = self.target.get("Input") or "{}"
        for name, value in {
            "attempt-number": str(self.attempt),
            "execution-id": self.id,
            "schedule-arn": self.schedule_arn,
            "scheduled-time": _iso(self.moment),
        }.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return text


class Invocations:
    """Makes invocations as the role of each target.

    Args:
        sandbox: The host.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def make(self, invocation: Invocation) -> None:
        """Call the target; retry it if it is unavailable, and send refused invocations to the dead-letter queue."""
        refusal = self._refusal(invocation)
        if refusal is not None:
            self._note_failure(
                invocation, Error(refusal, remedy="check the role of the schedule and the key policy")
            )
            return
        try:
            call_of(invocation.target, invocation.payload).make(partial(self._client, invocation))
        except (ClientError, Error, NotFoundException, NotImplementedError, json.JSONDecodeError) as error:
            self._note_failure(invocation, error)

    def _refusal(self, invocation: Invocation) -> str | None:
        """Return why KMS refuses to decrypt the input of the schedule; None if it does not."""
        if invocation.key is None or not self._sandbox.iam_enforced:
            return None
        with self._sandbox.locks.holding_policies():
            return schedule_key_denial(
                invocation.schedule_arn, key=invocation.key, role_arn=invocation.target["RoleArn"]
            )

    def _note_failure(self, invocation: Invocation, error: Exception) -> None:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        policy = invocation.target.get("RetryPolicy") or {}
        age = (self._sandbox.clock.now() - invocation.moment).total_seconds()
        tries_left = policy.get("MaximumRetryAttempts", 185) - invocation.attempt + 1
        if (
            code in _WORTH_ANOTHER_TRY
            and tries_left > 0
            and age < policy.get("MaximumEventAgeInSeconds", 86400)
        ):
            again = replace(invocation, attempt=invocation.attempt + 1)
            self._sandbox.timer.later(_PAUSE_SECONDS, partial(self.make, again))
            return
        _log.warning("%s was not delivered: %s", invocation.schedule_arn, error)
        queue = (invocation.target.get("DeadLetterConfig") or {}).get("Arn")
        if queue:
            self._keep(invocation, queue, code, str(error))

    def _keep(self, invocation: Invocation, queue: str, code: str, message: str) -> None:
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
        attributes = {
            "ERROR_CODE": code,
            "ERROR_MESSAGE": message,
            "EXECUTION_ID": invocation.id,
            "RETRY_ATTEMPTS": str(invocation.attempt - 1),
            "SCHEDULED_TIME": _iso(invocation.moment),
            "SCHEDULE_ARN": invocation.schedule_arn,
            "TARGET_ARN": invocation.target["Arn"],
        }
        try:
            sqs = self._client(invocation, "sqs")
            sqs.send_message(
                QueueUrl=queue_address(sqs, queue),
                MessageBody=invocation.payload,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
            )
        except (ClientError, Error, NotFoundException) as error:
            _log.warning("%s was lost: %s refused it: %s", invocation.schedule_arn, queue, error)

    def _client(self, invocation: Invocation, service: str) -> Any:
        return client_as_role(
            self._sandbox,
            service,
            region=invocation.region,
            role_arn=invocation.target["RoleArn"],
            principal=_PRINCIPAL,
        )


def _iso(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
