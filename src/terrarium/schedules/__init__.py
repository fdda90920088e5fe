"""Schedule expressions of EventBridge: `cron(...)`, `rate(...)`, `at(...)`.

Foundation: all higher layers may import it.
"""

from terrarium.schedules._expression import Schedule, ScheduleError, parse_schedule

__all__ = ["Schedule", "ScheduleError", "parse_schedule"]
