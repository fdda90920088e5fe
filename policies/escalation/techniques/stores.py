"""Techniques with stores: the database as its owner, locked objects, the audit trail, resources of others."""

from collections.abc import Iterator, Mapping

from policies.escalation.privileges import (
    AUDIT,
    LOCKS,
    MASTER,
    OTHERS,
    OWNER,
    UNTAGGED,
    Attacker,
    Step,
)

__all__ = ["access_other_resources", "become_database_owner", "disable_audit"]

# Requests about resources with neither the environment's name nor its tag.
_ON_OTHERS: Mapping[str, str] = {
    "dynamodb:GetItem": "arn:aws:dynamodb:{region}:{account}:table/theirs",
    "ec2:CreateTags": "arn:aws:ec2:{region}:{account}:vpc/vpc-11111111111111111",  # a tagged one counts as the kit's
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


def become_database_owner(attacker: Attacker) -> Iterator[Step]:
    """Connect as the owner of the schema, or read or set the master user's password."""
    inventory = attacker.inventory
    if by := attacker.who_can("rds-db:connect", inventory.owner):
        yield Step(by, "connects as the owner of the schema", OWNER)
    if by := attacker.who_can("secretsmanager:GetSecretValue", inventory.master_secret):
        yield Step(by, "reads the master user's secret", MASTER)
    for cluster in inventory.clusters:
        if by := attacker.who_can("rds:ModifyDBCluster", cluster):
            yield Step(by, "sets the master user's password", MASTER)


def disable_audit(attacker: Attacker) -> Iterator[Step]:
    """Stop or delete the audit trail, or bypass object locks."""
    for trail in attacker.inventory.trails:
        for action in ("StopLogging", "DeleteTrail"):
            if by := attacker.who_can(f"cloudtrail:{action}", trail):
                yield Step(by, f"cloudtrail:{action}", AUDIT)
    for bucket in attacker.inventory.buckets:
        if by := attacker.who_can("s3:BypassGovernanceRetention", f"{bucket}/object"):
            yield Step(by, f"bypasses the object lock of {bucket.rpartition(':')[2]}", LOCKS)


def access_other_resources(attacker: Attacker) -> Iterator[Step]:
    """Read or change resources that do not belong to the environment."""
    for action, form in _ON_OTHERS.items():
        resource = attacker.inventory.arn(form)
        if by := attacker.who_can(action, resource, UNTAGGED):
            yield Step(by, f"{action} on {resource}", OTHERS)
