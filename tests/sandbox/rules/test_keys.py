"""Use of keys while IAM is enforced: every grant is necessary, and all together are sufficient."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.rules.conftest import Client
from tests.support.key_users import ACCOUNT, REGION, KeyUser, allow, key, role, via
from tests.support.local_sandbox import LocalSandbox
from tests.support.refused_by import refused_by

CONTEXT = "kms:EncryptionContext:"
PASSING = {"StartAt": "Go", "States": {"Go": {"Type": "Pass", "End": True}}}


@pytest.fixture(scope="module")
def user(sandbox: LocalSandbox) -> Iterator[KeyUser]:
    """A user without permissions, while IAM is enforced."""
    user = KeyUser.create(sandbox, "key-user")
    sandbox.command("enforce-iam")
    yield user
    sandbox.command("enforce-iam", "--off")


@pytest.fixture(scope="module")
def key_arn(sandbox: LocalSandbox) -> str:
    return key(sandbox)


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def context(service: str, name: str, value: str, *actions: str) -> dict[str, Any]:
    """A grant through a service, for one encryption context."""
    return allow(
        *actions,
        StringEquals={
            "kms:ViaService": f"{service}.{REGION}.amazonaws.com",
            f"{CONTEXT}{name}": value,
        },
    )


def each_is_needed(
    user: KeyUser, own: dict[str, Any], grants: list[dict[str, Any]], call: Callable[[], object]
) -> Iterator[str]:
    """Take each grant away in turn, yield its action, and grant all of them in the end."""
    for missing in grants:
        user.grant(own, *(grant for grant in grants if grant is not missing))
        yield missing["Action"][0]
    user.grant(own, *grants)
    call()


def test_objects(user: KeyUser, client: Client, key_arn: str) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="key-objects", CreateBucketConfiguration={"LocationConstraint": REGION})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}}
    s3.put_bucket_encryption(Bucket="key-objects", ServerSideEncryptionConfiguration={"Rules": [rule]})
    mine, own = user.client("s3"), allow("s3:*")
    of_object = ("s3", "aws:s3:arn", "arn:aws:s3:::key-objects/a")
    user.grant(own, context(*of_object, "kms:Decrypt"))
    with refused_by("s3-new-object-key", message="kms:GenerateDataKey"):
        mine.put_object(Bucket="key-objects", Key="a", Body=b"a")
    user.grant(own, context(*of_object, "kms:GenerateDataKey"))
    mine.put_object(Bucket="key-objects", Key="a", Body=b"a")
    with refused_by("s3-object-key", message="kms:Decrypt"):
        mine.get_object(Bucket="key-objects", Key="a")
    with refused_by("s3-new-object-key"):
        mine.put_object(Bucket="key-objects", Key="b", Body=b"of another encryption context")
    mine.head_object(Bucket="key-objects", Key="a")
    with pytest.raises(ClientError, match="403"):  # an answer to a HEAD has no body that could say more
        mine.head_object(Bucket="key-objects", Key="a", ChecksumMode="ENABLED")
    user.grant(own, via("s3", "kms:GenerateDataKey"))
    with refused_by("s3-object-key"):
        mine.copy_object(Bucket="key-objects", Key="b", CopySource="key-objects/a")
    user.grant(own, via("s3", "kms:Decrypt", "kms:GenerateDataKey"))
    mine.copy_object(Bucket="key-objects", Key="b", CopySource="key-objects/a")
    mine.get_object(Bucket="key-objects", Key="b")


def test_uploads_in_parts(user: KeyUser, client: Client, key_arn: str) -> None:
    client("s3").create_bucket(Bucket="key-parts", CreateBucketConfiguration={"LocationConstraint": REGION})
    mine, of = user.client("s3"), {"Bucket": "key-parts", "Key": "a"}
    user.grant(allow("s3:*"), via("s3", "kms:Decrypt", "kms:GenerateDataKey"))
    upload = mine.create_multipart_upload(
        **of, ServerSideEncryption="aws:kms", SSEKMSKeyId=key_arn, ChecksumAlgorithm="CRC32"
    )["UploadId"]
    part = mine.upload_part(**of, UploadId=upload, PartNumber=1, Body=b"a", ChecksumAlgorithm="CRC32")
    completed = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]}]}
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}}
    client("s3").put_bucket_encryption(
        Bucket="key-parts", ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    user.grant(allow("s3:*"), via("s3", "kms:GenerateDataKey"))
    with refused_by("s3-complete-upload-key", message="kms:Decrypt"):
        mine.complete_multipart_upload(**of, UploadId=upload, MultipartUpload=completed)
    user.grant(allow("s3:*"), via("s3", "kms:Decrypt"))
    mine.complete_multipart_upload(**of, UploadId=upload, MultipartUpload=completed)


def test_parameters(user: KeyUser, key_arn: str) -> None:
    mine, own = user.client("ssm"), allow("ssm:*")
    named = ("ssm", "PARAMETER_ARN", arn("ssm", "parameter/keys/a"))
    new = {"Name": "/keys/a", "Value": "a", "Type": "SecureString", "KeyId": key_arn, "Overwrite": True}
    user.grant(own)
    with refused_by("ssm-new-parameter-key", message="kms:Encrypt"):
        mine.put_parameter(**new)
    user.grant(own, context(*named, "kms:Encrypt"))
    mine.put_parameter(**new)
    with refused_by("ssm-new-parameter-key", message="kms:GenerateDataKey"):
        mine.put_parameter(**new, Tier="Advanced")
    mine.get_parameter(Name="/keys/a")
    with refused_by("ssm-parameter-key", message="kms:Decrypt"):
        mine.get_parameter(Name="/keys/a", WithDecryption=True)
    with refused_by("ssm-parameter-key"):
        mine.get_parameters_by_path(Path="/keys", WithDecryption=True)
    user.grant(own, context(*named, "kms:Decrypt"))
    assert mine.get_parameter(Name="/keys/a", WithDecryption=True)["Parameter"]["Value"] == "a"


def test_secrets(user: KeyUser, key_arn: str) -> None:
    mine, own = user.client("secretsmanager"), allow("secretsmanager:*")
    user.grant(own, via("secretsmanager", "kms:Decrypt"))
    with refused_by("secretsmanager-new-secret-key", message="kms:GenerateDataKey"):
        mine.create_secret(Name="keys-a", SecretString="a", KmsKeyId=key_arn)
    user.grant(own, via("secretsmanager", "kms:Decrypt", "kms:GenerateDataKey"))
    made = mine.create_secret(Name="keys-a", SecretString="a", KmsKeyId=key_arn)["ARN"]
    user.grant(own)
    with refused_by("secretsmanager-secret-key", message="kms:Decrypt"):
        mine.get_secret_value(SecretId=made)
    user.grant(own, context("secretsmanager", "SecretARN", made, "kms:Decrypt"))
    mine.get_secret_value(SecretId="keys-a")
    with refused_by("secretsmanager-secret-key", message="kms:GenerateDataKey"):
        mine.put_secret_value(SecretId=made, SecretString="b")


def test_tables(user: KeyUser, key_arn: str) -> None:
    mine, own = user.client("dynamodb"), allow("dynamodb:*")
    new = {
        "TableName": "keys",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key_arn},
    }
    grants = [via("dynamodb", "kms:DescribeKey"), via("dynamodb", "kms:CreateGrant")]
    for action in each_is_needed(user, own, grants, lambda: mine.create_table(**new)):
        with refused_by("dynamodb-new-table-key", message=action):
            mine.create_table(**new)
    item = {"id": {"S": "a"}}
    with refused_by("dynamodb-table-key", message="kms:Decrypt"):
        mine.put_item(TableName="keys", Item=item)
    user.grant(own, context("dynamodb", "aws:dynamodb:tableName", "keys", "kms:Decrypt"))
    mine.put_item(TableName="keys", Item=item)
    assert mine.get_item(TableName="keys", Key=item)["Item"] == item
    user.grant(own)
    with refused_by("dynamodb-table-key"):
        mine.batch_get_item(RequestItems={"keys": {"Keys": [item]}})


def test_state_machines(user: KeyUser, key_arn: str, sandbox: LocalSandbox) -> None:
    machine, own = arn("states", "stateMachine:keys"), allow("states:*", "iam:PassRole")
    of_machine = (f"{CONTEXT}aws:states:stateMachineArn", machine)
    allowed = allow("kms:Decrypt", "kms:GenerateDataKey", StringEquals={of_machine[0]: of_machine[1]})
    executor = role(sandbox, "keys-executor", "states", allowed)
    mine = user.client("stepfunctions")
    encrypted = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key_arn}

    def create() -> None:
        mine.create_state_machine(
            name="keys", definition=json.dumps(PASSING), roleArn=executor, encryptionConfiguration=encrypted
        )

    grants = [
        via("states", "kms:DescribeKey"),
        context("states", "aws:states:stateMachineArn", machine, "kms:GenerateDataKey"),
    ]
    for action in each_is_needed(user, own, grants, create):
        with refused_by("states-definition-key", message=action):
            create()

    user.grant(own)
    # Starting and stopping need nothing of the caller.
    execution = mine.start_execution(stateMachineArn=machine)["executionArn"]
    mine.stop_execution(executionArn=execution, cause="enough")
    with refused_by("states-reader-key", message="kms:Decrypt"):
        mine.describe_state_machine(stateMachineArn=machine)
    with refused_by("states-reader-key"):
        mine.describe_execution(executionArn=execution)
    with refused_by("states-reader-key"):
        mine.get_execution_history(executionArn=execution)
    mine.describe_state_machine(stateMachineArn=machine, includedData="METADATA_ONLY")
    user.grant(own, via("states", "kms:Decrypt"))
    mine.describe_execution(executionArn=execution)

    for missing in ("kms:Decrypt", "kms:GenerateDataKey"):
        rest = {"kms:Decrypt", "kms:GenerateDataKey"} - {missing}
        role(sandbox, "keys-executor", "states", allow(*rest))
        with refused_by("states-execution-role-key", message=missing):
            mine.start_execution(stateMachineArn=machine)
    # Step Functions calls KMS as the role itself.
    role(sandbox, "keys-executor", "states", via("states", "kms:Decrypt", "kms:GenerateDataKey"))
    with refused_by("states-execution-role-key"):
        mine.start_execution(stateMachineArn=machine)
    with refused_by("states-execution-role-key"):
        mine.stop_execution(executionArn=execution, cause="enough")
    mine.stop_execution(executionArn=execution)


def test_schedules(user: KeyUser, key_arn: str, sandbox: LocalSandbox) -> None:
    starter = role(sandbox, "keys-starter", "scheduler", allow("sqs:*"))
    mine, own = user.client("scheduler"), allow("scheduler:*", "iam:PassRole")
    named = ("scheduler", "aws:scheduler:schedule:arn", arn("scheduler", "schedule/default/keys"))
    grants = [
        via("scheduler", "kms:DescribeKey"),
        context(*named, "kms:GenerateDataKey"),
        context(*named, "kms:Decrypt"),
    ]

    def create() -> None:
        mine.create_schedule(
            Name="keys",
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            KmsKeyArn=key_arn,
            State="DISABLED",
            Target={"Arn": arn("sqs", "none"), "RoleArn": starter, "Input": "{}"},
        )

    for action in each_is_needed(user, own, grants, create):
        with refused_by("scheduler-schedule-key", message=action):
            create()
    mine.get_schedule(Name="keys")
    user.grant(own)
    with refused_by("scheduler-reader-key", message="kms:Decrypt"):
        mine.get_schedule(Name="keys")


def test_topics(user: KeyUser, client: Client, key_arn: str) -> None:
    topic = client("sns").create_topic(Name="keys", Attributes={"KmsMasterKeyId": key_arn})["TopicArn"]
    mine, own = user.client("sns"), allow("sns:*")
    named = ("sns", "aws:sns:topicArn", topic)
    grants = [context(*named, "kms:GenerateDataKey"), context(*named, "kms:Decrypt")]
    for action in each_is_needed(user, own, grants, lambda: mine.publish(TopicArn=topic, Message="a")):
        with refused_by("sns-topic-key", message=action):
            mine.publish(TopicArn=topic, Message="a")


def test_queues(user: KeyUser, client: Client, key_arn: str) -> None:
    address = client("sqs").create_queue(QueueName="keys", Attributes={"KmsMasterKeyId": key_arn})["QueueUrl"]
    mine, own = user.client("sqs"), allow("sqs:*")
    named = ("sqs", "aws:sqs:arn", arn("sqs", "keys"))
    grants = [context(*named, "kms:GenerateDataKey"), context(*named, "kms:Decrypt")]
    for action in each_is_needed(
        user, own, grants, lambda: mine.send_message(QueueUrl=address, MessageBody="a")
    ):
        with refused_by("sqs-queue-key", message=action):
            mine.send_message(QueueUrl=address, MessageBody="a")
    user.grant(own, context(*named, "kms:GenerateDataKey"))
    with refused_by("sqs-queue-key", message="kms:Decrypt"):
        mine.receive_message(QueueUrl=address)
    user.grant(own, context(*named, "kms:Decrypt"))
    assert mine.receive_message(QueueUrl=address)["Messages"]


def test_notebooks(user: KeyUser, key_arn: str, sandbox: LocalSandbox) -> None:
    worker = role(sandbox, "keys-notebook", "sagemaker")
    mine, own = user.client("sagemaker"), allow("sagemaker:*", "iam:PassRole", "ec2:*")
    for_services = allow("kms:CreateGrant", Bool={"kms:GrantIsForAWSResource": "true"})
    grants = [via("sagemaker", "kms:DescribeKey"), for_services]

    def create() -> None:
        mine.create_notebook_instance(
            NotebookInstanceName="keys", InstanceType="ml.t3.medium", RoleArn=worker, KmsKeyId=key_arn
        )

    for action in each_is_needed(user, own, grants, create):
        with refused_by("sagemaker-notebook-key", message=action):
            create()
    mine.stop_notebook_instance(NotebookInstanceName="keys")
    user.grant(own)
    with refused_by("sagemaker-notebook-key"):
        mine.start_notebook_instance(NotebookInstanceName="keys")


def test_repositories(user: KeyUser, key_arn: str) -> None:
    mine, own = user.client("ecr"), allow("ecr:*")
    grants = [via("ecr", action) for action in ("kms:DescribeKey", "kms:CreateGrant", "kms:RetireGrant")]

    def create() -> None:
        mine.create_repository(
            repositoryName="keys", encryptionConfiguration={"encryptionType": "KMS", "kmsKey": key_arn}
        )

    for action in each_is_needed(user, own, grants, create):
        with refused_by("ecr-repository-key", message=action):
            create()


def test_clusters(user: KeyUser, key_arn: str) -> None:
    user.grant(allow("rds:*"), via("rds", "kms:DescribeKey"))
    with refused_by("rds-cluster-key", message="kms:CreateGrant"):
        user.client("rds").create_db_cluster(
            DBClusterIdentifier="keys",
            Engine="aurora-postgresql",
            MasterUsername="master",
            MasterUserPassword="not-a-secret",
            StorageEncrypted=True,
            KmsKeyId=key_arn,
        )


def test_log_groups(user: KeyUser, key_arn: str, sandbox: LocalSandbox) -> None:
    """CloudWatch Logs uses the key in its own name: the key's policy must let it."""
    mine = user.client("logs")
    user.grant(allow("logs:*"))
    with refused_by("logs-group-key", message="log-group:keys"):
        mine.create_log_group(logGroupName="keys", kmsKeyId=key_arn)
    named = {f"{CONTEXT}aws:logs:arn": arn("logs", "log-group:keys*")}
    service = {"Principal": {"Service": f"logs.{REGION}.amazonaws.com"}}
    allowed = key(
        sandbox,
        {**allow("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", ArnLike=named), **service},
    )
    mine.create_log_group(logGroupName="keys", kmsKeyId=allowed)
    with refused_by("logs-group-key"):
        mine.create_log_group(logGroupName="another", kmsKeyId=allowed)


def test_trails(user: KeyUser, client: Client, key_arn: str, sandbox: LocalSandbox) -> None:
    """CloudTrail uses the key in its own name, and tells for which trail."""
    client("s3").create_bucket(Bucket="key-trails", CreateBucketConfiguration={"LocationConstraint": REGION})
    service = {"Principal": {"Service": "cloudtrail.amazonaws.com"}}
    written = {**allow("s3:PutObject"), "Resource": "arn:aws:s3:::key-trails/AWSLogs/*", **service}
    client("s3").put_bucket_policy(Bucket="key-trails", Policy=json.dumps({"Statement": [written]}))
    mine = user.client("cloudtrail")
    user.grant(allow("cloudtrail:*"))
    with refused_by("cloudtrail-trail-key"):
        mine.create_trail(Name="keys", S3BucketName="key-trails", KmsKeyId=key_arn)
    told = {"aws:SourceArn": arn("cloudtrail", "trail/keys")}
    allowed = key(
        sandbox,
        {
            **allow("kms:GenerateDataKey*", StringEquals=told),
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
        },
    )
    mine.create_trail(Name="keys", S3BucketName="key-trails", KmsKeyId=allowed)


def test_a_disabled_key_serves_nobody(user: KeyUser, client: Client, sandbox: LocalSandbox) -> None:
    disabled = key(sandbox)
    client("kms").disable_key(KeyId=disabled.rpartition("/")[2])
    user.grant(allow("ssm:*", "kms:*"))
    with refused_by("ssm-new-parameter-key", message="is disabled"):
        user.client("ssm").put_parameter(
            Name="/keys/disabled", Value="a", Type="SecureString", KeyId=disabled
        )
