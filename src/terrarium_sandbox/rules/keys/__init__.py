"""Rules about the use of customer-managed KMS keys by the services of the stacks.

The rules evaluate the key policy and the policies of the principal that calls KMS. They apply only while IAM is
enforced. Services that use a key without a request (due schedules, event delivery, log delivery) call the same
functions.

Rules, and services that use keys without a request, import it.
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
