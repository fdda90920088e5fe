"""Corrections of moto."""

import json

from tests.support.local_sandbox import LocalSandbox


def test_a_rule_for_a_security_group_keeps_its_description(sandbox: LocalSandbox) -> None:
    """Without it, every plan of Terraform would contain a change."""
    ec2 = sandbox.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="a", Description="a", VpcId=vpc)["GroupId"]
    pair = {"GroupId": group, "Description": "from the jobs"}
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [pair]}],
    )
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    assert "from the jobs" in {rule.get("Description") for rule in rules["SecurityGroupRules"]}


def test_a_deleted_network_leaves_nothing_behind(sandbox: LocalSandbox) -> None:
    ec2 = sandbox.client("ec2", "--account", "121212121212")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.eu-central-1.s3", VpcEndpointType="Gateway"
    )
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpoint"]["VpcEndpointId"]])
    ec2.delete_vpc(VpcId=vpc)
    assert "121212121212" not in sandbox.command("status").stdout


def test_a_bucket_policy_denies_only_matching_requests(sandbox: LocalSandbox) -> None:
    """ "Deny what is not TLS" must not deny what its condition does not hold for; what it denies to all it does."""
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="policies", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    objects = "arn:aws:s3:::policies/*"
    only_tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": objects,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    no_deletion = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": objects}
    s3.put_bucket_policy(
        Bucket="policies", Policy=json.dumps({"Version": "2012-10-17", "Statement": [only_tls, no_deletion]})
    )
    s3.put_object(Bucket="policies", Key="kept", Body=b"body")
    answer = s3.delete_objects(Bucket="policies", Delete={"Objects": [{"Key": "kept"}]})
    assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied"]
    assert s3.get_object(Bucket="policies", Key="kept")["Body"].read() == b"body"


def test_returns_the_eventbridge_configuration_of_a_bucket(sandbox: LocalSandbox) -> None:
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="telling", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert "EventBridgeConfiguration" not in s3.get_bucket_notification_configuration(Bucket="telling")
    s3.put_bucket_notification_configuration(
        Bucket="telling", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    assert s3.get_bucket_notification_configuration(Bucket="telling")["EventBridgeConfiguration"] == {}


def test_the_policy_of_a_key_needs_no_name(sandbox: LocalSandbox) -> None:
    kms = sandbox.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    policy = kms.get_key_policy(KeyId=key)["Policy"]
    assert policy == kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    kms.put_key_policy(KeyId=key, Policy=policy)
