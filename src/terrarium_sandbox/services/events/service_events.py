"""What services of the sandbox tell EventBridge."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["ServiceEvents"]


class ServiceEvents:
    """The default bus of every account and region, as services reach it.

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
        """Tell one event; the rules that match it reach their targets soon after.

        Args:
            account: Whose event it is.
            region: Where it happened.
            source: Who tells it, as in `aws.batch`.
            kind: Its `detail-type`, as in `Batch Job State Change`.
            resources: The ARNs of what it is about.
            detail: The rest, anything JSON can hold; asked for only where there are rules.
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
