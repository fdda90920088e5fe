"""EventBridge Scheduler: invocation of targets when schedules are due.

Only `terrarium_sandbox.services` imports it.
"""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Invoke the targets of moto's schedules."""
    from terrarium_sandbox.services.scheduler.invocation import Invocations
    from terrarium_sandbox.services.scheduler.schedules import due_schedules, install_schedules

    install_schedules(sandbox.clock)
    invocations = Invocations(sandbox)
    sandbox.timer.add(lambda after, until: due_schedules(after, until, invocations))
