"""Schedules: validation of expressions, and the invocations that are due."""

import datetime
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, ScheduleGroup, scheduler_backends

from terrarium.schedules import ScheduleError, parse_schedule
from terrarium_sandbox.clock import Clock
from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.scheduler.invocation import Invocation, Invocations
from terrarium_sandbox.timer import Due

__all__ = ["due_schedules", "install_schedules"]

_BEGAN = "terrarium_began"


def install_schedules(clock: Clock) -> None:
    """Refuse expressions that AWS refuses, and store the time from which the rate of a schedule counts."""
    create, update = EventBridgeSchedulerBackend.create_schedule, EventBridgeSchedulerBackend.update_schedule

    def create_checked(self: EventBridgeSchedulerBackend, **given: Any) -> Schedule:
        _check(given)
        schedule = create(self, **given)
        vars(schedule)[_BEGAN] = clock.now()
        return schedule

    def update_checked(self: EventBridgeSchedulerBackend, **given: Any) -> Schedule:
        _check(given)
        before = self.get_schedule(given["group_name"], given["name"]).schedule_expression
        schedule = update(self, **given)
        if schedule.schedule_expression != before:
            vars(schedule)[_BEGAN] = clock.now()
        return schedule

    patch(
        EventBridgeSchedulerBackend,
        "create_schedule",
        create_checked,
        reason="moto accepts every expression, and does not store when a schedule began, from which its rate counts.",
    )
    patch(
        EventBridgeSchedulerBackend,
        "update_schedule",
        update_checked,
        reason="moto accepts every expression, and does not store when a schedule began, from which its rate counts.",
    )


def due_schedules(
    after: datetime.datetime, until: datetime.datetime, invocations: Invocations
) -> Iterator[Due]:
    """Yield the invocations that are due after the first and not after the second moment."""
    for account, region, backend in list(scheduler_backends.iter_backends()):
        for group in list(cast("Any", backend).schedule_groups.values()):
            for schedule in list(group.schedules.values()):
                for moment in _moments(schedule, after, until):
                    invocation = Invocation.of(schedule, moment, account=account, region=region)
                    yield moment, partial(_invoke, group, schedule, invocation, invocations)


def _moments(
    schedule: Schedule, after: datetime.datetime, until: datetime.datetime
) -> Iterator[datetime.datetime]:
    began: datetime.datetime | None = vars(schedule).get(_BEGAN)
    if schedule.state != "ENABLED" or began is None:  # without a begin, it is just being created
        return
    start, end = _moment(schedule.start_date), _moment(schedule.end_date)
    expression = parse_schedule(schedule.schedule_expression, timezone=schedule.schedule_expression_timezone)
    if start is not None and not schedule.schedule_expression.startswith("at("):
        after, began = max(after, start - datetime.timedelta(microseconds=1)), max(began, start)
    moment = expression.next_after(after, began=began)
    while moment is not None and moment <= (until if end is None else min(until, end)):
        yield moment
        moment = expression.next_after(moment, began=began)


def _invoke(
    group: ScheduleGroup, schedule: Schedule, invocation: Invocation, invocations: Invocations
) -> None:
    if group.schedules.get(schedule.name) is not schedule:  # deleted by an earlier invocation
        return
    once = schedule.schedule_expression.startswith("at(")
    if once and schedule.action_after_completion == "DELETE":
        group.delete_schedule(schedule.name)
    invocations.make(invocation)


def _check(given: dict[str, Any]) -> None:
    try:
        parse_schedule(given["schedule_expression"], timezone=given["schedule_expression_timezone"] or "UTC")
    except ScheduleError as error:
        raise ValidationException(f"Invalid Schedule Expression: {error.problem}") from error


def _moment(given: Any) -> datetime.datetime | None:
    """Return a date of a request, which has seconds since the epoch."""
    return None if given is None else datetime.datetime.fromtimestamp(float(given), tz=datetime.UTC)
