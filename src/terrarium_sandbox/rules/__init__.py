"""Rules of AWS that its API models do not state and moto does not implement.

The sandbox refuses a request that AWS refuses. To add a rule:

1. Open `rules/<service>.py`, named for the service's prefix in IAM (`iam`, `ec2`, `states`). Add its `RULES` to `RULES`
   below.
2. Write a function that takes a `Request` and returns the message of AWS' error, or None if AWS accepts the request.
   Decorate it with `@rule(id, on=..., code=..., source=...)`. The first line of its docstring states the rule: it is
   data, which `terrarium sandbox rules` prints.
3. List it in the module's `RULES`. Let moto answer where a named resource does not exist: return None.
4. Test it in `tests/sandbox/rules/test_<service>.py` against the sandbox, `with refused_by("<id>"):`, and test that
   the most similar request that AWS accepts passes. A rule without such a test fails `test_every_rule.py`.

A rule runs after authorization and before moto, while the service is locked: moto acts on the same state that the rule
reads. Refuse only what a published source says AWS refuses.

The request path of the sandbox imports it.
"""

from terrarium_sandbox.rules import (
    athena,
    batch,
    cloudwatch,
    dynamodb,
    ec2,
    ecs,
    events,
    iam,
    keys,
    kms,
    logs,
    rds,
    s3,
    sagemaker,
    scheduler,
    sns,
    sqs,
    ssm,
    states,
    sts,
)
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES", "Request", "Rule", "rule"]

RULES: tuple[Rule, ...] = (
    *athena.RULES,
    *batch.RULES,
    *cloudwatch.RULES,
    *dynamodb.RULES,
    *ec2.RULES,
    *ecs.RULES,
    *events.RULES,
    *iam.RULES,
    *keys.RULES,
    *kms.RULES,
    *logs.RULES,
    *rds.RULES,
    *s3.RULES,
    *sagemaker.RULES,
    *scheduler.RULES,
    *sns.RULES,
    *sqs.RULES,
    *ssm.RULES,
    *states.RULES,
    *sts.RULES,
)
