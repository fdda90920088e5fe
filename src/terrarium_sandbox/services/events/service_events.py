"""Events that services of the sandbox publish to EventBridge."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["ServiceEvents"]


class ServiceEvents:
    """Publishes events of services to the default bus of their account and region.

    Args:
        sandbox: The host.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def publish(
        self,
        *,
        account: str,
        region: str,
        source: str,
        kind: str,
        resources: Sequence[str],
        detail: Callable[[], Mapping[str, Any]],
    ) -> None:
        """Publish an event; matching rules deliver it to their targets soon after.

        Args:
            account: The account of the event.
            region: The region of the event.
            source: The service, such as `aws.batch`.
            kind: Its `detail-type`, such as `Batch Job State Change`.
            resources: The ARNs of its resources.
            detail: Returns its detail, any JSON; called only if the bus has rules.
        """
        from moto.events.models import events_backends

        backend = events_backends[account][region]
        if not any(bus.rules for bus in backend.event_buses.values()):
            return
        entry = {
            "Source": source,
            "DetailType": kind,
            "Resources": list(resources),
            "Detail": json.dumps(detail()),
        }
        backend.put_events([entry])
