"""Use of KMS keys: every service of the stacks that uses the customer-managed key, and in whose name it calls KMS.

The rules ask the key's policy and the policies of the principal that calls KMS, and so hold only while IAM is
enforced. What services do without a request (schedules that come due, events that are delivered, logs) asks the same
functions.
"""

from terrarium_sandbox.rules.keys import messages, resources, s3, scheduler, states, stores
from terrarium_sandbox.rules.rule import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    *messages.RULES,
    *resources.RULES,
    *s3.RULES,
    *scheduler.RULES,
    *states.RULES,
    *stores.RULES,
)
