"""Use what no role should reach: the database as its owner, locked objects, the trail, resources of others."""

from collections.abc import Iterator, Mapping

from policies.escalation.powers import (
    AUDIT,
    LOCKS,
    MASTER,
    OTHERS,
    OWNER,
    UNTAGGED,
    Gained,
    Step,
)

__all__ = ["hide", "own_database", "reach_others"]

# Requests about resources that bear neither the environment's name nor its tag, one for each service.
_ON_OTHERS: Mapping[str, str] = {
    "dynamodb:GetItem": "arn:aws:dynamodb:{region}:{account}:table/theirs",
    "ec2:CreateTags": "arn:aws:ec2:{region}:{account}:vpc/vpc-11111111111111111",  # tagged, it counts as the kit's
    "ec2:DeleteVpc": "arn:aws:ec2:{region}:{account}:vpc/vpc-11111111111111111",
    "ec2:TerminateInstances": "arn:aws:ec2:{region}:{account}:instance/i-11111111111111111",
    "iam:PassRole": "arn:aws:iam::{account}:role/theirs",
    "kms:Decrypt": "arn:aws:kms:{region}:{account}:key/11111111-1111-1111-1111-111111111111",
    "kms:PutKeyPolicy": "arn:aws:kms:{region}:{account}:key/11111111-1111-1111-1111-111111111111",
    "lambda:UpdateFunctionCode": "arn:aws:lambda:{region}:{account}:function:theirs",
    "logs:DeleteLogGroup": "arn:aws:logs:{region}:{account}:log-group:theirs",
    "rds:DeleteDBCluster": "arn:aws:rds:{region}:{account}:cluster:theirs",
    "s3:GetObject": "arn:aws:s3:::theirs/object",
    "s3:PutBucketPolicy": "arn:aws:s3:::theirs",
    "secretsmanager:GetSecretValue": "arn:aws:secretsmanager:{region}:{account}:secret:theirs-abcdef",
    "sns:Publish": "arn:aws:sns:{region}:{account}:theirs",
    "sqs:ReceiveMessage": "arn:aws:sqs:{region}:{account}:theirs",
    "ssm:GetParameter": "arn:aws:ssm:{region}:{account}:parameter/theirs",
    "ssm:PutParameter": "arn:aws:ssm:{region}:{account}:parameter/theirs",
    "states:DeleteStateMachine": "arn:aws:states:{region}:{account}:stateMachine:theirs",
}


def own_database(gained: Gained) -> Iterator[Step]:
    """Connect as the owner of the schema, read the master user's secret, or set another one."""
    estate = gained.estate
    if by := gained.who_can("rds-db:connect", estate.owner):
        yield Step(by, "connects as the owner of the schema", OWNER)
    if by := gained.who_can("secretsmanager:GetSecretValue", estate.master_secret):
        yield Step(by, "reads the master user's secret", MASTER)
    for cluster in estate.clusters:
        if by := gained.who_can("rds:ModifyDBCluster", cluster):
            yield Step(by, "sets the master user's password", MASTER)


def hide(gained: Gained) -> Iterator[Step]:
    """End the audit trail, or delete what object locks keep."""
    for trail in gained.estate.trails:
        for action in ("StopLogging", "DeleteTrail"):
            if by := gained.who_can(f"cloudtrail:{action}", trail):
                yield Step(by, f"cloudtrail:{action}", AUDIT)
    for bucket in gained.estate.buckets:
        if by := gained.who_can("s3:BypassGovernanceRetention", f"{bucket}/object"):
            yield Step(by, f"bypasses the object lock of {bucket.rpartition(':')[2]}", LOCKS)


def reach_others(gained: Gained) -> Iterator[Step]:
    """Read or change what does not belong to the environment."""
    place = {"region": gained.estate.region, "account": gained.estate.account}
    for action, resource in _ON_OTHERS.items():
        if by := gained.who_can(action, resource.format(**place), UNTAGGED):
            yield Step(by, f"{action} on {resource.format(**place)}", OTHERS)
