"""Changes that somebody makes by hand in the account of a deployed environment, and what drift says about each."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from tests.support.deployment import Deployment

__all__ = ["ADDED", "CHANGED", "Account", "ByHand"]

_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_STRANGER = "arn:aws:iam::999999999999:root"


@dataclass
class Account:
    """The account of a deployed environment, entered as its administrator."""

    deployment: Deployment

    @cached_property
    def state(self) -> dict[str, dict[str, Any]]:
        """The resources in Terraform's state."""
        return self.deployment.state()

    def client(self, service: str) -> Any:
        """Return a client."""
        return self.deployment.sandbox.client(service, self.deployment.name)

    def only(self, kind: str, part: str = "") -> dict[str, Any]:
        """Return the attributes of the first resource of a type whose address contains `part`."""
        return next(
            values
            for address, values in self.state.items()
            if address.startswith(f"{kind}.") and part in address
        )

    def name(self, part: str) -> str:
        """Return a physical name of the environment."""
        return f"terrarium-{self.deployment.name}-{part}"

    @property
    def account(self) -> str:
        """The account's id."""
        return str(self.only("aws_kms_key")["arn"].split(":")[4])


class ByHand(NamedTuple):
    """A change by hand.

    Args:
        name: What was done.
        make: Does it.
        named: Texts that drift prints.
    """

    name: str
    make: Callable[[Account], object]
    named: tuple[str, ...]


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _for_stranger(action: str, resource: str | None = None) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": _STRANGER}, "Action": action}
    return _policy(statement if resource is None else {**statement, "Resource": resource})


def _attached(account: Account) -> None:
    iam = account.client("iam")
    own = iam.create_policy(PolicyName="by-hand", PolicyDocument=_policy(_EVERYTHING))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=account.name("job"), PolicyArn=own)


def _widened(account: Account) -> None:
    policy = account.only("aws_iam_policy", "access_scientist")
    account.client("iam").create_policy_version(
        PolicyArn=policy["arn"], PolicyDocument=_policy(_EVERYTHING), SetAsDefault=True
    )


def _wider_boundary(account: Account) -> None:
    boundary = next(
        values
        for address, values in account.state.items()
        if address.startswith("aws_iam_policy.") and values["name"] == account.name("boundary")
    )
    account.client("iam").create_policy_version(
        PolicyArn=boundary["arn"], PolicyDocument=_policy(_EVERYTHING), SetAsDefault=True
    )


def _opened(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "GroupId": group["id"],
        "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    }


def _key_policy(account: Account) -> None:
    key = account.only("aws_kms_key")
    document = json.loads(key["policy"])
    document["Statement"].append(json.loads(_for_stranger("kms:Decrypt", "*"))["Statement"][0])
    account.client("kms").put_key_policy(
        KeyId=key["key_id"], PolicyName="default", Policy=json.dumps(document)
    )


def _target(account: Account) -> None:
    rule = account.only("aws_cloudwatch_event_rule")
    account.client("events").put_targets(
        Rule=rule["name"],
        Targets=[{"Id": "by-hand", "Arn": f"arn:aws:sqs:eu-central-1:{account.account}:by-hand"}],
    )


def _machine(account: Account) -> None:
    machine = account.only("aws_sfn_state_machine")
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    account.client("stepfunctions").update_state_machine(
        stateMachineArn=machine["arn"], definition=json.dumps(definition)
    )


def _revision(account: Account) -> None:
    batch, own = account.client("batch"), account.only("aws_batch_job_definition")
    (found,) = batch.describe_job_definitions(jobDefinitions=[own["arn"]])["jobDefinitions"]
    container = {**found["containerProperties"], "command": ["by-hand"]}
    batch.register_job_definition(
        jobDefinitionName=own["name"],
        type="container",
        containerProperties=container,
        platformCapabilities=found.get("platformCapabilities", ["EC2"]),
    )


def _schedule(account: Account) -> None:
    scheduler = account.client("scheduler")
    scheduler.create_schedule(
        Name="by-hand",
        GroupName=account.only("aws_scheduler_schedule_group")["name"],
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": account.only("aws_sfn_state_machine")["arn"],
            "RoleArn": account.only("aws_scheduler_schedule")["target"][0]["role_arn"],
        },
    )


def _log_subscription(account: Account) -> None:
    kinesis = account.client("kinesis")
    kinesis.create_stream(StreamName="by-hand", ShardCount=1)
    account.client("logs").put_subscription_filter(
        logGroupName=account.only("aws_cloudwatch_log_group", "flow")["name"],
        filterName="by-hand",
        filterPattern="",
        destinationArn=kinesis.describe_stream(StreamName="by-hand")["StreamDescription"]["StreamARN"],
        roleArn=account.only("aws_iam_role", "access_job")["arn"],
    )


def _replication(account: Account) -> None:
    bucket = account.name(f"artifacts-{account.account}")
    account.client("s3").create_bucket(
        Bucket="by-hand-replica", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    account.client("s3").put_bucket_versioning(
        Bucket="by-hand-replica", VersioningConfiguration={"Status": "Enabled"}
    )
    account.client("s3").put_bucket_replication(
        Bucket=bucket,
        ReplicationConfiguration={
            "Role": account.only("aws_iam_role", "access_job")["arn"],
            "Rules": [
                {
                    "ID": "by-hand",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": "arn:aws:s3:::by-hand-replica"},
                }
            ],
        },
    )


def _route(account: Account) -> None:
    ec2 = account.client("ec2")
    gateway = account.only("aws_internet_gateway")["id"]
    ec2.create_route(
        RouteTableId=account.only("aws_route_table", "private")["id"],
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=gateway,
    )


def _endpoint(account: Account) -> None:
    account.client("ec2").create_vpc_endpoint(
        VpcId=account.only("aws_vpc")["id"],
        ServiceName="com.amazonaws.eu-central-1.execute-api",
        VpcEndpointType="Interface",
        SubnetIds=[account.only("aws_subnet", "private")["id"]],
    )


def _peering(account: Account) -> None:
    ec2 = account.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    ec2.create_vpc_peering_connection(VpcId=account.only("aws_vpc")["id"], PeerVpcId=other)


def _snapshot(account: Account) -> None:
    rds, cluster = account.client("rds"), account.only("aws_rds_cluster")["cluster_identifier"]
    rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster, DBClusterSnapshotIdentifier="by-hand")
    rds.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="by-hand", AttributeName="restore", ValuesToAdd=["999999999999"]
    )


# What the next deployment reverts.
CHANGED: tuple[ByHand, ...] = (
    ByHand("policy attached to a role", _attached, ("access/job/grants/attachments-exclusive", "by-hand")),
    ByHand(
        "inline policy of a role",
        lambda account: account.client("iam").put_role_policy(
            RoleName=account.name("scientist"), PolicyName="inline", PolicyDocument=_policy(_EVERYTHING)
        ),
        ("access/scientist/grants/inline-exclusive", "inline"),
    ),
    ByHand("content of a policy", _widened, ("access/scientist/grants/policy-1",)),
    ByHand(
        "trust of a role",
        lambda account: account.client("iam").update_assume_role_policy(
            RoleName=account.name("notebook"), PolicyDocument=_for_stranger("sts:AssumeRole")
        ),
        ("access/notebook/role (aws_iam_role)", "assume_role_policy"),
    ),
    ByHand(
        "trust of the deployment role",
        lambda account: account.client("iam").update_assume_role_policy(
            RoleName=account.name("ci-deploy"), PolicyDocument=_for_stranger("sts:AssumeRole")
        ),
        (
            "access/delivery/deploy/role (aws_iam_role)",
            "only an administrator may change the role ci-deploy",
        ),
    ),
    ByHand(
        "permissions boundary removed",
        lambda account: account.client("iam").delete_role_permissions_boundary(RoleName=account.name("job")),
        ("access/job/role (aws_iam_role)", 'permissions_boundary is "" in the account'),
    ),
    ByHand(
        "permissions boundary widened",
        _wider_boundary,
        ("boundary/policy (aws_iam_policy)", "only an administrator may change a permissions boundary"),
    ),
    ByHand(
        "ingress rule added",
        lambda account: account.client("ec2").authorize_security_group_ingress(
            **_opened(account.only("aws_security_group", "clients"))
        ),
        ("network/clients (aws_security_group)", "ingress"),
    ),
    ByHand(
        "egress rule removed",
        lambda account: account.client("ec2").revoke_security_group_egress(
            GroupId=account.only("aws_security_group", "clients")["id"],
            IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        ),
        ("network/clients (aws_security_group)", "egress"),
    ),
    ByHand(
        "database opened to addresses",
        lambda account: account.client("ec2").authorize_security_group_ingress(
            **_opened(account.only("aws_security_group", "metadata"))
        ),
        ("metadata/security-group (aws_security_group)",),
    ),
    ByHand(
        "rule of the default security group",
        lambda account: account.client("ec2").authorize_security_group_ingress(
            **_opened(account.only("aws_default_security_group"))
        ),
        ("network/default-security-group (aws_default_security_group)",),
    ),
    ByHand(
        "bucket policy",
        lambda account: account.client("s3").put_bucket_policy(
            Bucket=account.name(f"artifacts-{account.account}"),
            Policy=_for_stranger(
                "s3:GetObject", f"arn:aws:s3:::{account.name(f'artifacts-{account.account}')}/*"
            ),
        ),
        ("artifacts/policy (aws_s3_bucket_policy)",),
    ),
    ByHand(
        "public access block removed",
        lambda account: account.client("s3").delete_public_access_block(
            Bucket=account.name(f"artifacts-{account.account}")
        ),
        ("artifacts/public-access-block (aws_s3_bucket_public_access_block)",),
    ),
    ByHand(
        "versions suspended",
        lambda account: account.client("s3").put_bucket_versioning(
            Bucket=account.name(f"models-{account.account}"),
            VersioningConfiguration={"Status": "Suspended"},
        ),
        ("registry/", "Suspended"),
    ),
    ByHand(
        "key policy",
        _key_policy,
        ("encryption/key (aws_kms_key)", "only an administrator may change the key"),
    ),
    ByHand(
        "rotation of the key",
        lambda account: account.client("kms").disable_key_rotation(
            KeyId=account.only("aws_kms_key")["key_id"]
        ),
        ("enable_key_rotation is false in the account",),
    ),
    ByHand(
        "endpoint policy",
        lambda account: account.client("ec2").modify_vpc_endpoint(
            VpcEndpointId=account.only("aws_vpc_endpoint", "s3")["id"],
            PolicyDocument=_for_stranger("s3:*", "*"),
        ),
        ("network/s3-endpoint (aws_vpc_endpoint)", "policy"),
    ),
    ByHand(
        "topic policy",
        lambda account: account.client("sns").set_topic_attributes(
            TopicArn=account.only("aws_sns_topic")["arn"],
            AttributeName="Policy",
            AttributeValue=_for_stranger("sns:Subscribe", account.only("aws_sns_topic")["arn"]),
        ),
        ("alarms/policy (aws_sns_topic_policy)",),
    ),
    ByHand(
        "queue policy",
        lambda account: account.client("sqs").set_queue_attributes(
            QueueUrl=account.only("aws_sqs_queue")["url"],
            Attributes={"Policy": _for_stranger("sqs:*", account.only("aws_sqs_queue")["arn"])},
        ),
        ("pipelines/dead-letters-policy (aws_sqs_queue_policy)",),
    ),
    ByHand(
        "rule disabled",
        lambda account: account.client("events").disable_rule(
            Name=account.only("aws_cloudwatch_event_rule")["name"]
        ),
        ("(aws_cloudwatch_event_rule)", "DISABLED"),
    ),
    ByHand("definition of a pipeline", _machine, ("(aws_sfn_state_machine)", "definition")),
    ByHand(
        "tags of images can be overwritten",
        lambda account: account.client("ecr").put_image_tag_mutability(
            repositoryName=account.name("training"), imageTagMutability="MUTABLE"
        ),
        ("(aws_ecr_repository)", "MUTABLE"),
    ),
    ByHand(
        "audit trail stopped",
        lambda account: account.client("cloudtrail").stop_logging(
            Name=account.only("aws_cloudtrail")["name"]
        ),
        ("audit/trail (aws_cloudtrail)", "only an administrator may change the audit trail"),
    ),
    ByHand(
        "retention of logs",
        lambda account: account.client("logs").put_retention_policy(
            logGroupName=account.only("aws_cloudwatch_log_group", "flow")["name"], retentionInDays=1
        ),
        ("network/flow-logs/group (aws_cloudwatch_log_group)", "retention_in_days is 1"),
    ),
    ByHand(
        "manifest",
        lambda account: account.client("ssm").put_parameter(
            Name=account.only("aws_ssm_parameter", "manifest")["name"], Value="{}", Overwrite=True
        ),
        ("manifest/parameter (aws_ssm_parameter)",),
    ),
    ByHand(
        "pool disabled",
        lambda account: account.client("batch").update_compute_environment(
            computeEnvironment=account.only("aws_batch_compute_environment", "pool-cpu")["arn"],
            state="DISABLED",
        ),
        ("compute/pool-cpu/environment (aws_batch_compute_environment)", "DISABLED"),
    ),
)

# What Terraform does not manage.
ADDED: tuple[ByHand, ...] = (
    ByHand(
        "grant of the key",
        lambda account: account.client("kms").create_grant(
            KeyId=account.only("aws_kms_key")["key_id"],
            GranteePrincipal=_STRANGER,
            Operations=["Decrypt"],
        ),
        (
            "encryption/key: a grant of the key lets arn:aws:iam::999999999999:root call Decrypt",
            "aws kms revoke-grant",
        ),
    ),
    ByHand(
        "policy of a table",
        lambda account: account.client("dynamodb").put_resource_policy(
            ResourceArn=account.only("aws_dynamodb_table")["arn"],
            Policy=_for_stranger("dynamodb:GetItem", account.only("aws_dynamodb_table")["arn"]),
        ),
        (
            "a resource policy on the table lets arn:aws:iam::999999999999:root",
            "aws dynamodb delete-resource-policy",
        ),
    ),
    ByHand(
        "policy of a repository",
        lambda account: account.client("ecr").set_repository_policy(
            repositoryName=account.name("training"), policyText=_for_stranger("ecr:BatchGetImage")
        ),
        (
            "a policy on the repository lets arn:aws:iam::999999999999:root",
            "aws ecr delete-repository-policy",
        ),
    ),
    ByHand(
        "policy of the secret",
        lambda account: account.client("secretsmanager").put_resource_policy(
            SecretId=account.only("aws_rds_cluster")["master_user_secret"][0]["secret_arn"],
            ResourcePolicy=_for_stranger("secretsmanager:GetSecretValue", "*"),
        ),
        ("a resource policy on the secret of the master user", "aws secretsmanager delete-resource-policy"),
    ),
    ByHand(
        "policy of the catalog",
        lambda account: account.client("glue").put_resource_policy(
            PolicyInJson=_for_stranger("glue:GetTable", f"arn:aws:glue:eu-central-1:{account.account}:*")
        ),
        (
            "the policy of the Glue catalog lets arn:aws:iam::999999999999:root",
            "aws glue delete-resource-policy",
        ),
    ),
    ByHand("shared snapshot", _snapshot, ("the snapshot by-hand is shared with 999999999999",)),
    ByHand("target of a rule", _target, ("the rule sends its events also to", "aws events remove-targets")),
    ByHand(
        "subscription of the topic",
        lambda account: account.client("sns").subscribe(
            TopicArn=account.only("aws_sns_topic")["arn"],
            Protocol="email",
            Endpoint="stranger@example.com",
        ),
        ("the topic sends its messages also to stranger@example.com", "aws sns unsubscribe"),
    ),
    ByHand(
        "subscription of logs",
        _log_subscription,
        ("the subscription filter by-hand copies the logs", "aws logs delete-subscription-filter"),
    ),
    ByHand("schedule", _schedule, ("the schedule by-hand starts", "aws scheduler delete-schedule")),
    ByHand(
        "newer job definition",
        _revision,
        ("of the job definition is newer than that of the stack", "aws batch deregister-job-definition"),
    ),
    ByHand("replication of a bucket", _replication, ("replication copies the bucket's objects",)),
    ByHand("route", _route, ("routes 0.0.0.0/0 to igw-", "aws ec2 delete-route")),
    ByHand("endpoint", _endpoint, ("connects the network to com.amazonaws.eu-central-1.execute-api",)),
    ByHand("peering connection", _peering, ("the peering connection", "delete-vpc-peering-connection")),
)
