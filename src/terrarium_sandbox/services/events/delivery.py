"""Delivery of events to targets, after the request that caused them, because the request may hold locks."""

import json
import logging
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from moto.events.models import Rule
from moto.iam.exceptions import NotFoundException

from terrarium.errors import Error
from terrarium_sandbox.authorization.policy import Policy, Question
from terrarium_sandbox.rules.keys.messages import delivery_key_denial
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.service_client import client_as_administrator, client_as_role
from terrarium_sandbox.services.metrics import count
from terrarium_sandbox.services.targets import call_of

__all__ = ["Deliveries", "Delivery"]

_PRINCIPAL = "events.amazonaws.com"
_ACTIONS = {"sns": "sns:Publish", "sqs": "sqs:SendMessage"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """A delivery of an event to a target.

    Attributes:
        rule_arn: The rule.
        account: The account of the rule.
        region: The region of the rule.
        target: The target, as `PutTargets` takes it.
        payload: The content of the delivery.
    """

    rule_arn: str
    account: str
    region: str
    target: Mapping[str, Any]
    payload: str

    @classmethod
    def of(cls, rule: Rule, target: Mapping[str, Any], payload: str) -> "Delivery":
        """Return a delivery to a target of `rule`."""
        return cls(rule.arn, rule.account_id, rule.region_name, target, payload)


class Deliveries:
    """A thread that makes deliveries, in the order of events.

    Args:
        sandbox: The host.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._waiting: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._deliver_all, name="events", daemon=True)

    def add(self, delivery: Delivery) -> None:
        """Add a delivery."""
        self._waiting.put(delivery)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Make the waiting deliveries, and stop the thread."""
        self._waiting.put(None)
        self._thread.join()

    def _deliver_all(self) -> None:
        while (delivery := self._waiting.get()) is not None:
            try:
                self._deliver(delivery)
            except Exception:  # noqa: BLE001 - the next delivery is made after any error
                _log.exception("%s was not delivered", delivery.rule_arn)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            call_of(delivery.target, delivery.payload).make(
                partial(self._client, delivery, delivery.target["Arn"])
            )
        except (ClientError, Error, NotFoundException, NotImplementedError) as error:
            _log.warning("%s did not reach %s: %s", delivery.rule_arn, delivery.target["Arn"], error)
            self._count(delivery, self._keep(delivery))
            return
        self._count(delivery, "Invocations")

    def _keep(self, delivery: Delivery) -> str:
        """Send a failed delivery to the dead-letter queue; return the metric to count."""
        dead_letters = (delivery.target.get("DeadLetterConfig") or {}).get("Arn")
        if not dead_letters:
            return "FailedInvocations"
        letter = call_of({"Arn": dead_letters}, delivery.payload)
        try:
            letter.make(partial(self._client, delivery, dead_letters))
        except (ClientError, Error) as error:
            _log.warning("%s was lost: %s refused it: %s", delivery.rule_arn, dead_letters, error)
            return "InvocationsFailedToBeSentToDlq"
        return "InvocationsSentToDlq"

    def _count(self, delivery: Delivery, metric: str) -> None:
        # Source: Amazon EventBridge User Guide, "Monitoring Amazon EventBridge".
        count(
            self._sandbox,
            metric,
            namespace="AWS/Events",
            dimensions={"RuleName": delivery.rule_arn.rpartition("/")[2]},
            account=delivery.account,
            region=delivery.region,
        )

    def _client(self, delivery: Delivery, arn: str, service: str) -> Any:
        role = delivery.target.get("RoleArn")
        if role and arn == delivery.target["Arn"]:
            return client_as_role(
                self._sandbox, service, region=delivery.region, role_arn=role, principal=_PRINCIPAL
            )
        client = client_as_administrator(
            self._sandbox, service, region=delivery.region, account=delivery.account
        )
        if self._sandbox.iam_enforced:
            _require_permission(client, service, arn, delivery)
            with self._sandbox.locks.holding_policies():
                refusal = delivery_key_denial(
                    arn, service=_PRINCIPAL, call_context=_condition_keys(service, delivery)
                )
            if refusal is not None:
                raise Error(refusal, remedy=f"allow it in the policy of the key of {arn}")
        return client


def _require_permission(client: Any, service: str, arn: str, delivery: Delivery) -> None:
    """Check that the policy of a queue or topic allows EventBridge to deliver.

    Raises:
        Error: It does not.
    """
    document = _policy(client, service, arn)
    context = {key.lower(): (value,) for key, value in _condition_keys(service, delivery).items()}
    question = Question(action=_ACTIONS.get(service, ""), resource=arn, context=context)
    principals = {"Service": frozenset({_PRINCIPAL})}
    if not document or Policy.parse(json.loads(document)).answer_to(question, principals) != "Allow":
        raise Error(
            f"the policy of {arn} does not allow {_PRINCIPAL} to deliver for {delivery.rule_arn}",
            remedy=f"allow {question.action} in that policy, or give the target a role",
        )


def _condition_keys(service: str, delivery: Delivery) -> dict[str, str]:
    """Return the condition keys of a delivery for the policies of the target and of its key.

    Topics get no condition keys, so that no condition of their policies holds. Sources: Amazon EventBridge User Guide,
    "Using resource-based policies for Amazon EventBridge", Amazon SNS permissions; Amazon SNS Developer Guide,
    "Managing Amazon SNS encryption keys and costs", on EventBridge and encrypted topics.
    """
    if service == "sns":
        return {}
    return {"aws:SourceArn": delivery.rule_arn, "aws:SourceAccount": delivery.account}


def _policy(client: Any, service: str, arn: str) -> str | None:
    if service == "sns":
        attributes = client.get_topic_attributes(TopicArn=arn)["Attributes"]
    elif service == "sqs":
        address = client.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
        attributes = client.get_queue_attributes(QueueUrl=address, AttributeNames=["Policy"]).get(
            "Attributes", {}
        )
    else:
        return None
    policy: str | None = attributes.get("Policy")
    return policy
