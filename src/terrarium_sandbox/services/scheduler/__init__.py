"""EventBridge Scheduler: schedules that fire.

Only `terrarium_sandbox.services` imports it.
"""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Let moto's schedules come due."""
    from terrarium_sandbox.services.scheduler.invocation import Invocations
    from terrarium_sandbox.services.scheduler.schedules import due_schedules, install_schedules

    install_schedules(sandbox.clock)
    invocations = Invocations(sandbox)
    sandbox.timer.add(lambda after, until: due_schedules(after, until, invocations))
