"""EventBridge: delivery to the targets of rules, on schedule and for events of services.

Only `terrarium_sandbox.services` imports it.
"""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Deliver the events that moto's rules match, and run its scheduled rules."""
    from terrarium_sandbox.services.events.delivery import Deliveries
    from terrarium_sandbox.services.events.rules import due_rules, install_rules

    deliveries = Deliveries(sandbox)
    install_rules(deliveries, sandbox.clock)
    sandbox.on_start(deliveries.start)
    sandbox.on_stop(deliveries.stop)
    sandbox.timer.add(lambda after, until: due_rules(after, until, deliveries))
