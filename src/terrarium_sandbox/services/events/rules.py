"""Rules: matching of events, and schedules."""

import copy
import datetime
import json
import uuid
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, cast

from moto.events.models import EventPattern, EventsBackend, Rule, events_backends
from moto.events.responses import EventsHandler
from moto.stepfunctions.parser.asl.utils.json_path import extract_json

from terrarium.schedules import parse_schedule
from terrarium_sandbox.clock import Clock
from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.events.delivery import Deliveries, Delivery
from terrarium_sandbox.services.events.input_transformer import transform
from terrarium_sandbox.timer import Due

__all__ = ["due_rules", "install_rules"]

_BEGAN = "terrarium_began"
# Services whose targets moto delivers to: log groups, archives, other buses, destinations outside AWS.
_DELIVERED_BY_MOTO = frozenset({"events", "logs"})


def install_rules(deliveries: Deliveries, clock: Clock) -> None:
    """Deliver to targets that moto does not support, and only for enabled rules."""
    send, put = Rule.send_to_targets, EventsBackend.put_rule

    def send_to_all_targets(self: Rule, original_event: Any, transform_input: bool = True) -> None:  # noqa: FBT001, FBT002 - moto's signature
        # A rule without a pattern has only a schedule. In moto, it matches every event.
        if not self.event_pattern.dump() or self.state != "ENABLED":
            return
        if not self.event_pattern.matches_event(original_event):
            return
        for target in list(self.targets):
            if _service(target) in _DELIVERED_BY_MOTO:
                send(_reaching_only(self, target), original_event, transform_input)
            else:
                deliveries.add(Delivery.of(self, target, _payload(target, _as_delivered(original_event))))

    def put_dated_rule(self: EventsBackend, name: str, *rest: Any, **named: Any) -> Rule:
        rule = put(self, name, *rest, **named)
        vars(rule).setdefault(_BEGAN, clock.now())
        return rule

    def test_event_pattern(self: EventsHandler) -> str:
        pattern = EventPattern.load(self._get_param("EventPattern"))
        return json.dumps({"Result": pattern.matches_event(json.loads(self._get_param("Event")))})

    patch(EventsHandler, "test_event_pattern", test_event_pattern, reason="moto's TestEventPattern is empty.")
    patch(
        Rule,
        "send_to_targets",
        send_to_all_targets,
        reason="moto delivers to few kinds of targets, ignores DISABLED, and sends every event to rules with only a "
        "schedule.",
    )
    patch(
        EventsBackend,
        "put_rule",
        put_dated_rule,
        reason="moto does not store when a rule was created, from which its rate counts.",
    )


def due_rules(after: datetime.datetime, until: datetime.datetime, deliveries: Deliveries) -> Iterator[Due]:
    """Yield the deliveries of scheduled rules that are due after the first and not after the second moment."""
    for _, _, backend in list(events_backends.iter_backends()):
        for bus in list(cast("Any", backend).event_buses.values()):
            for rule in list(bus.rules.values()):
                for moment in _moments(rule, after, until):
                    yield moment, partial(_fire, rule, moment, deliveries)


def _moments(rule: Rule, after: datetime.datetime, until: datetime.datetime) -> Iterator[datetime.datetime]:
    began: datetime.datetime | None = vars(rule).get(_BEGAN)
    if not rule.scheduled_expression or rule.state != "ENABLED" or began is None:
        return
    expression = parse_schedule(rule.scheduled_expression)
    moment = expression.next_after(
        max(after, began), began=began
    )  # a rate first fires one interval after its creation
    while moment is not None and moment <= until:
        yield moment
        moment = expression.next_after(moment, began=began)


def _fire(rule: Rule, moment: datetime.datetime, deliveries: Deliveries) -> None:
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": moment.timestamp(),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
    for target in list(rule.targets):
        deliveries.add(Delivery.of(rule, target, _payload(target, _as_delivered(event))))


def _payload(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return the part of the event that the target configures."""
    if target.get("Input"):
        given: str = target["Input"]
        return given
    if target.get("InputPath"):
        return json.dumps(extract_json(target["InputPath"], dict(event)))
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    return transform(event, paths=transformer.get("InputPathsMap", {}), template=transformer["InputTemplate"])


def _as_delivered(event: Mapping[str, Any]) -> dict[str, Any]:
    time = event["time"]
    if not isinstance(time, str):
        moment = datetime.datetime.fromtimestamp(float(time), tz=datetime.UTC)
        time = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**{name: value for name, value in event.items() if name != "ingestion-time"}, "time": time}


def _reaching_only(rule: Rule, target: dict[str, Any]) -> Rule:
    one = copy.copy(rule)
    one.targets = [target]
    return one


def _service(target: Mapping[str, Any]) -> str:
    service: str = target["Arn"].split(":")[2]
    return service
