"""Use of keys by services without a caller, while IAM is enforced: events, schedules, executions and their logs."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.key_users import ACCOUNT, REGION, allow, document, key, role, via
from tests.support.local_sandbox import LocalSandbox
from tests.support.metrics import counted
from tests.support.state_machines import until

CONTEXT = "kms:EncryptionContext:"
PASSING = {"StartAt": "Go", "States": {"Go": {"Type": "Pass", "End": True}}}
FAILING = {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Mine"}}}
EVENTS, SNS = ({"Principal": {"Service": f"{name}.amazonaws.com"}} for name in ("events", "sns"))
OF_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
USE = ("kms:Decrypt", "kms:GenerateDataKey*")

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def client(sandbox: LocalSandbox) -> Iterator[Client]:
    """Clients of the administrator, while IAM is enforced."""
    sandbox.command("enforce-iam")
    yield lambda service: sandbox.client(service, "--account", ACCOUNT)
    sandbox.command("enforce-iam", "--off")


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def queue(client: Client, name: str, *, key_arn: str | None = None, senders: tuple[Any, ...] = ()) -> str:
    """A queue to which services may send."""
    attributes = {"Policy": document([{**allow("sqs:SendMessage"), **sender} for sender in senders])}
    encrypted = {"KmsMasterKeyId": key_arn} if key_arn else {}
    address = client("sqs").create_queue(
        QueueName=name, Attributes={**(attributes if senders else {}), **encrypted}
    )["QueueUrl"]
    return str(address)


def messages(client: Client, address: str) -> list[Any]:
    found = client("sqs").receive_message(QueueUrl=address, VisibilityTimeout=0, MaxNumberOfMessages=10)
    return [message["Body"] for message in found.get("Messages", [])]


def notice(client: Client, name: str, target: str, **rest: Any) -> Callable[[], None]:
    """A rule with one target, and what makes it fire."""
    events = client("events")
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    events.put_targets(Rule=name, Targets=[{"Id": "target", "Arn": target, **rest}])
    event = {"Source": name, "DetailType": "failed", "Detail": "{}"}
    return lambda: events.put_events(Entries=[event])


def delivered(client: Client, metric: str, rule: str, fire: Callable[[], None]) -> None:
    """Fire, and wait until the rule has counted it so."""
    before = counted(client("cloudwatch"), metric, "AWS/Events", RuleName=rule)
    fire()
    until(lambda: counted(client("cloudwatch"), metric, "AWS/Events", RuleName=rule) > before)


def test_a_notice_reaches_an_encrypted_topic_whose_policies_ask_event_bridge_for_nothing(
    client: Client, sandbox: LocalSandbox
) -> None:
    topic_arn = arn("sns", "notices")
    of_topic = {"ArnLike": {f"{CONTEXT}aws:sns:topicArn": topic_arn}}
    with_condition = key(sandbox, {**allow(*USE, **OF_ACCOUNT), **EVENTS})
    by_context = key(sandbox, {**allow(*USE, **of_topic), **EVENTS})
    sns = client("sns")
    topic = sns.create_topic(Name="notices", Attributes={"KmsMasterKeyId": by_context})["TopicArn"]
    heard = queue(client, "notices", senders=({**SNS, "Condition": {"ArnLike": {"aws:SourceArn": topic}}},))
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "notices"))
    fire = notice(client, "notices", topic)

    def publish(**condition: Any) -> None:
        policy = document([{**allow("sns:Publish", **condition), **EVENTS}])
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)

    publish(**OF_ACCOUNT)
    delivered(client, "FailedInvocations", "notices", fire)
    publish()
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=with_condition)
    delivered(client, "FailedInvocations", "notices", fire)
    assert messages(client, heard) == []

    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=by_context)
    delivered(client, "Invocations", "notices", fire)
    (message,) = until(lambda: messages(client, heard))
    assert json.loads(json.loads(message)["Message"])["detail-type"] == "failed"


def test_a_topic_reaches_an_encrypted_queue_where_queue_and_key_let_it(
    client: Client, sandbox: LocalSandbox
) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="to-queues")["TopicArn"]
    addresses = {
        "open": queue(client, "open", senders=(SNS,)),
        "closed": queue(client, "closed"),
        "locked": queue(client, "locked", key_arn=key(sandbox), senders=(SNS,)),
        "unlocked": queue(client, "unlocked", key_arn=key(sandbox, {**allow(*USE), **SNS}), senders=(SNS,)),
    }
    for name in addresses:
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", name))
    sns.publish(TopicArn=topic, Message="a")
    reached = {name for name, address in addresses.items() if messages(client, address)}
    assert reached == {"open", "unlocked"}


def test_events_are_kept_in_an_encrypted_queue_that_event_bridge_may_use(
    client: Client, sandbox: LocalSandbox
) -> None:
    """EventBridge tells queues, and their keys, for which rule and account it sends."""
    of_rule = {**EVENTS, "Condition": {"ArnLike": {"aws:SourceArn": arn("events", "rule/kept-*")}}}
    for name, expected in (
        ("kept-allowed", "InvocationsSentToDlq"),
        ("kept-not", "InvocationsFailedToBeSentToDlq"),
    ):
        statements = ({**allow(*USE, **OF_ACCOUNT), **EVENTS},) if name == "kept-allowed" else ()
        letters = queue(client, name, key_arn=key(sandbox, *statements), senders=(of_rule,))
        nowhere = role(sandbox, "kept", "events", allow("s3:ListAllMyBuckets"))
        fire = notice(
            client,
            name,
            arn("states", "stateMachine:none"),
            RoleArn=nowhere,
            DeadLetterConfig={"Arn": arn("sqs", name)},
        )
        delivered(client, expected, name, fire)
        assert bool(messages(client, letters)) == (name == "kept-allowed")


def test_a_schedule_is_read_as_its_role_without_a_service_in_between(
    client: Client, sandbox: LocalSandbox
) -> None:
    schedule = arn("scheduler", "schedule/default/encrypted")
    target, letters = queue(client, "encrypted-target"), queue(client, "encrypted-letters")
    own = allow("sqs:SendMessage")
    starter = role(sandbox, "encrypted-starter", "scheduler", own, via("scheduler", "kms:Decrypt"))
    scheduler = client("scheduler")
    scheduler.create_schedule(
        Name="encrypted",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        KmsKeyArn=key(sandbox),
        Target={
            "Arn": arn("sqs", "encrypted-target"),
            "RoleArn": starter,
            "Input": "tick",
            "DeadLetterConfig": {"Arn": arn("sqs", "encrypted-letters")},
        },
    )
    until(lambda: messages(client, letters))
    assert messages(client, target) == []
    decrypt = allow("kms:Decrypt", ArnLike={f"{CONTEXT}aws:scheduler:schedule:arn": schedule})
    role(sandbox, "encrypted-starter", "scheduler", own, decrypt)
    sandbox.command("clock", "--advance", "1h")
    assert until(lambda: messages(client, target)) == ["tick"]
    scheduler.delete_schedule(Name="encrypted")


def test_logs_of_an_encrypted_state_machine_arrive_with_both_grants(
    client: Client, sandbox: LocalSandbox
) -> None:
    states, logs = client("stepfunctions"), client("logs")
    logs.create_log_group(logGroupName="/aws/vendedlogs/states/keys")
    of_logs = {"StringEquals": {f"{CONTEXT}SourceArn": arn("logs", "*")}}
    delivery = {"Principal": {"Service": "delivery.logs.amazonaws.com"}}
    deliverable = key(sandbox, {**allow("kms:Decrypt", **of_logs), **delivery})
    run = allow(
        "kms:Decrypt",
        "kms:GenerateDataKey",
        ArnLike={f"{CONTEXT}aws:states:stateMachineArn": arn("states", "stateMachine:*")},
    )
    log = allow("kms:GenerateDataKey", **of_logs)

    def logged(name: str, key_arn: str, *grants: dict[str, Any]) -> list[Any]:
        executor = role(sandbox, f"{name}-executor", "states", run, *grants)
        machine = states.create_state_machine(
            name=name,
            definition=json.dumps(PASSING),
            roleArn=executor,
            encryptionConfiguration={"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key_arn},
            loggingConfiguration={
                "level": "ALL",
                "destinations": [
                    {
                        "cloudWatchLogsLogGroup": {
                            "logGroupArn": arn("logs", "log-group:/aws/vendedlogs/states/keys:*")
                        }
                    }
                ],
            },
        )["stateMachineArn"]
        states.start_execution(stateMachineArn=machine, input='{"secret": 1}')
        until(
            lambda: counted(
                client("cloudwatch"), "ExecutionsSucceeded", "AWS/States", StateMachineArn=machine
            )
        )
        found = logs.filter_log_events(
            logGroupName="/aws/vendedlogs/states/keys", logStreamNamePrefix=f"states/{name}/"
        )["events"]
        return [json.loads(event["message"]) for event in found]

    assert logged("keys-unlogged", deliverable) == []
    assert logged("keys-undelivered", key(sandbox), log) == []
    events = logged("keys-logged", deliverable, log)
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert "secret" not in json.dumps(events)


def test_events_of_encrypted_executions_hold_no_data(client: Client, sandbox: LocalSandbox) -> None:
    states = client("stepfunctions")
    machine = states.create_state_machine(
        name="untold",
        definition=json.dumps(FAILING),
        roleArn=role(sandbox, "untold-executor", "states", allow("kms:Decrypt", "kms:GenerateDataKey")),
        encryptionConfiguration={"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key(sandbox)},
    )["stateMachineArn"]
    heard = queue(client, "untold", senders=(EVENTS,))
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [machine], "status": ["FAILED"]}}
    client("events").put_rule(Name="untold", EventPattern=json.dumps(pattern))
    client("events").put_targets(Rule="untold", Targets=[{"Id": "queue", "Arn": arn("sqs", "untold")}])
    states.start_execution(stateMachineArn=machine, input='{"secret": 1}')
    (message,) = until(lambda: messages(client, heard))
    assert not {"input", "output", "error", "cause"} & set(json.loads(message)["detail"])
