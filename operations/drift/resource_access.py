"""Access that was given on a resource itself: resource policies, grants of the key, shared snapshots."""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from operations.drift.deployed import Addition, Deployed

__all__ = [
    "catalog_policies",
    "key_grants",
    "repository_policies",
    "secret_policies",
    "shared_snapshots",
    "table_policies",
]


def key_grants(deployed: Deployed) -> Iterator[Addition]:
    """Yield grants of the key to principals. Services of AWS create grants for themselves; those are expected.

    Source: AWS KMS Developer Guide, "Viewing grants" and "Examining grants".
    """
    for path, key in deployed.of("aws_kms_key"):
        for grant in deployed.pages("kms", "list_grants", "Grants", KeyId=key["key_id"]):
            grantee = str(grant.get("GranteePrincipal", ""))
            if _is_service(grantee):
                continue
            yield Addition(
                path,
                grant["GrantId"],
                f"a grant of the key lets {grantee} call {', '.join(grant['Operations'])}",
                f"aws kms revoke-grant --key-id {key['key_id']} --grant-id {grant['GrantId']}",
            )


def table_policies(deployed: Deployed) -> Iterator[Addition]:
    """Yield resource policies of DynamoDB tables."""
    for path, table in deployed.of("aws_dynamodb_table"):
        found = _policy(
            deployed.client("dynamodb"), "get_resource_policy", "Policy", ResourceArn=table["arn"]
        )
        if found and not deployed.values("aws_dynamodb_resource_policy", "resource_arn") & {table["arn"]}:
            yield Addition(
                path,
                table["arn"],
                f"a resource policy on the table lets {_principals(found)} access it",
                f"aws dynamodb delete-resource-policy --resource-arn {table['arn']}",
            )


def repository_policies(deployed: Deployed) -> Iterator[Addition]:
    """Yield policies of ECR repositories."""
    for path, repository in deployed.of("aws_ecr_repository"):
        name = repository["name"]
        found = _policy(deployed.client("ecr"), "get_repository_policy", "policyText", repositoryName=name)
        if found and name not in deployed.values("aws_ecr_repository_policy", "repository"):
            yield Addition(
                path,
                repository["arn"],
                f"a policy on the repository lets {_principals(found)} access it",
                f"aws ecr delete-repository-policy --repository-name {name}",
            )


def secret_policies(deployed: Deployed) -> Iterator[Addition]:
    """Yield resource policies of the database's secrets, which RDS creates without one."""
    for path, cluster in deployed.of("aws_rds_cluster"):
        for secret in cluster.get("master_user_secret") or []:
            arn = secret["secret_arn"]
            found = _policy(
                deployed.client("secretsmanager"), "get_resource_policy", "ResourcePolicy", SecretId=arn
            )
            if found:
                yield Addition(
                    path,
                    arn,
                    f"a resource policy on the secret of the master user lets {_principals(found)} access it",
                    f"aws secretsmanager delete-resource-policy --secret-id {arn}",
                )


def catalog_policies(deployed: Deployed) -> Iterator[Addition]:
    """Yield the policy of the Glue catalog, if it names the environment's database. The catalog has one policy."""
    found = _policy(deployed.client("glue"), "get_resource_policy", "PolicyInJson")
    if not found or list(deployed.of("aws_glue_resource_policy")):
        return
    allowed = [statement for statement in found["Statement"] if statement.get("Effect", "Allow") == "Allow"]
    for path, database in deployed.of("aws_glue_catalog_database"):
        if any(_covers(statement.get("Resource", "*"), database) for statement in allowed):
            yield Addition(
                path,
                database["arn"],
                f"the policy of the Glue catalog lets {_principals(found)} access the database",
                "aws glue delete-resource-policy  # or put-resource-policy, without these statements",
            )


def shared_snapshots(deployed: Deployed) -> Iterator[Addition]:
    """Yield snapshots of the database that other accounts can restore."""
    rds = deployed.client("rds")
    for path, cluster in deployed.of("aws_rds_cluster"):
        name = cluster["cluster_identifier"]
        for snapshot in deployed.pages(
            "rds",
            "describe_db_cluster_snapshots",
            "DBClusterSnapshots",
            DBClusterIdentifier=name,
            SnapshotType="manual",  # automated snapshots cannot be shared
        ):
            identifier = snapshot["DBClusterSnapshotIdentifier"]
            result = rds.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier=identifier)
            for attribute in result["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"]:
                accounts = attribute["AttributeValues"]
                if attribute["AttributeName"] == "restore" and accounts:
                    yield Addition(
                        path,
                        identifier,
                        f"the snapshot {identifier} is shared with {', '.join(accounts)}",
                        "aws rds modify-db-cluster-snapshot-attribute --attribute-name restore "
                        f"--db-cluster-snapshot-identifier {identifier} --values-to-remove {' '.join(accounts)}",
                    )


def _is_service(grantee: str) -> bool:
    return (
        not grantee.startswith(
            "arn:"
        )  # a service principal, or GranteeServicePrincipal in place of this member
        or ":assumed-role/aws:" in grantee  # the infrastructure of EC2, which attaches encrypted volumes
        or ":role/aws-service-role/" in grantee
    )


def _covers(resources: str | list[str], database: Mapping[str, Any]) -> bool:
    patterns = [resources] if isinstance(resources, str) else resources
    return any(database["name"] in pattern or fnmatchcase(database["arn"], pattern) for pattern in patterns)


def _policy(client: Any, operation: str, member: str, **arguments: str) -> Any:
    """Return a resource policy, or None if the resource has none."""
    try:
        text = getattr(client, operation)(**arguments).get(member)
    except ClientError as error:
        if error.response["Error"]["Code"] in {
            "EntityNotFoundException",
            "PolicyNotFoundException",
            "RepositoryPolicyNotFoundException",
        }:
            return None
        raise
    return json.loads(text) if text else None


def _principals(policy: Any) -> str:
    """Return the principals that a policy allows, as text."""
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    named: list[str] = []
    for statement in statements:
        principal = statement.get("Principal", "*")
        for one in principal.values() if isinstance(principal, dict) else [principal]:
            named += one if isinstance(one, list) else [one]
    return ", ".join("everyone" if one == "*" else one for one in dict.fromkeys(named))
