"""Policies of the company about its own constructs, which `terrarium policy` checks."""

from collections.abc import Iterator

from policies.policy import Policy, Violation
from policies.stack import Stack

__all__ = ["POLICIES"]

_DOMAIN = "@acme.example"


def _foreign_recipients(stack: Stack) -> Iterator[Violation]:
    for subscription in stack.resources("aws_sns_topic_subscription"):
        address = str(subscription.attributes.get("endpoint"))
        if subscription.attributes.get("protocol") == "email" and not address.endswith(_DOMAIN):
            yield Violation(subscription, f"{address} is outside of the company")


POLICIES = (
    Policy(
        "acme-recipient",
        "Only addresses of the company receive notifications",
        f"subscribe an address that ends with {_DOMAIN}",
        _foreign_recipients,
    ),
)
