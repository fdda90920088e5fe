"""Scheduling of jobs: order, retries, dependencies, timeouts, cancellation."""

import os
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from terrarium.manifest import PlatformManifest
from terrarium_sandbox.process.running import RunningSandbox
from terrarium_sandbox.services.batch.node_network import NOWHERE
from tests.support.batch_jobs import BatchJobs, eventually
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]

_FOR_EVER = "import time; time.sleep(3600)"
_OBSTINATE = """
import os, signal, subprocess, sys, time
print(os.getpid(), subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)']).pid, flush=True)
time.sleep(3600)
"""

_MEET = """
import os, pathlib, sys, time
names = ('NODE_INDEX', 'MAIN_NODE_INDEX', 'NUM_NODES', 'MAIN_NODE_PRIVATE_IPV4_ADDRESS')
me, main, count, address = (os.environ.get('AWS_BATCH_JOB_' + name) for name in names)
print(me, main, count, address, flush=True)
meeting_point = pathlib.Path(sys.argv[1])
(meeting_point / me).touch()
while len(list(meeting_point.iterdir())) < int(count):
    time.sleep(0.05)
"""

_ADDRESSES = """
import os, pathlib, sys, time
e = os.environ
names = ('AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3')
print(*map(e.get, names), flush=True)
meeting_point = pathlib.Path(sys.argv[1])
(meeting_point / e.get('AWS_BATCH_JOB_NODE_INDEX', '0')).touch()
while len(list(meeting_point.iterdir())) < int(e.get('AWS_BATCH_JOB_NUM_NODES', '1')):
    time.sleep(0.05)  # the main node ends the others
"""


@pytest.fixture
def batch(account: Account, provisioned: PlatformManifest) -> BatchJobs:  # noqa: ARG001 - who we are
    return BatchJobs(provisioned)


# Attempts


def test_attempts_follow_the_retry_strategy(batch: BatchJobs) -> None:
    job = batch.python(
        "import os; n = os.environ['AWS_BATCH_JOB_ATTEMPT']; print(n); raise SystemExit(n != '3')",
        retryStrategy={"attempts": 3},
    )
    ended = batch.ended(job)
    assert ended["status"] == "SUCCEEDED"
    assert [attempt["container"]["exitCode"] for attempt in ended["attempts"]] == [1, 1, 0]
    said = [batch.output_of(attempt["container"]) for attempt in ended["attempts"]]
    assert said == [["1"], ["2"], ["3"]], "every attempt has a stream of its own"


def test_the_first_rule_that_holds_decides_about_another_attempt(batch: BatchJobs) -> None:
    rules = [{"onExitCode": "4*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]
    strategy = {"attempts": 3, "evaluateOnExit": rules}
    again = batch.python("raise SystemExit(42)", retryStrategy=strategy)
    enough = batch.python("raise SystemExit(5)", retryStrategy=strategy)
    assert len(batch.ended(again)["attempts"]) == 3
    assert len(batch.ended(enough)["attempts"]) == 1


def test_a_job_that_hangs_ends_at_its_timeout_and_is_not_tried_again(
    batch: BatchJobs, running: RunningSandbox
) -> None:
    job = batch.python(_FOR_EVER, timeout={"attemptDurationSeconds": 300}, retryStrategy={"attempts": 2})
    batch.reaches(job, "RUNNING")
    running.ask("PUT", "clock", {"advance_seconds": 150})
    assert batch.describe(job)["status"] == "RUNNING"
    running.ask("PUT", "clock", {"advance_seconds": 150})
    ended = batch.ended(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")
    assert ended["container"]["exitCode"] == 128 + 15, "it was asked to stop"
    assert len(ended["attempts"]) == 1


# Ending


def test_terminating_a_job_ends_every_process_it_started(batch: BatchJobs) -> None:
    job = batch.python(_OBSTINATE)
    batch.reaches(job, "RUNNING")
    pids = [int(pid) for pid in eventually(lambda: batch.output(job))[0].split()]
    batch.client.terminate_job(jobId=job, reason="changed my mind")
    ended = batch.ended(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "changed my mind")
    assert not any(_runs(pid) for pid in pids)


def test_cancelling_does_not_affect_running_jobs(batch: BatchJobs) -> None:
    runs = batch.python(_FOR_EVER)
    waits = batch.python("", dependsOn=[{"jobId": runs}])
    batch.reaches(runs, "RUNNING")
    for job in (runs, waits):
        batch.client.cancel_job(jobId=job, reason="not needed")
    assert batch.ended(waits)["statusReason"] == "not needed"
    assert batch.describe(runs)["status"] == "RUNNING"
    batch.client.terminate_job(jobId=runs, reason="enough")


# Dependencies


def test_a_job_waits_for_those_it_depends_on(batch: BatchJobs) -> None:
    first = batch.python("import time; time.sleep(1)")
    second = batch.python("", dependsOn=[{"jobId": first}])
    batch.reaches(second, "PENDING")
    assert batch.ended(second)["status"] == "SUCCEEDED"
    assert batch.describe(second)["startedAt"] >= batch.describe(first)["stoppedAt"]


def test_a_job_fails_with_its_dependencies_transitively(batch: BatchJobs) -> None:
    first = batch.python("raise SystemExit(1)")
    second = batch.python("", dependsOn=[{"jobId": first}])
    third = batch.python("", dependsOn=[{"jobId": second}])
    assert batch.ended(third)["statusReason"] == "Dependent Job failed"
    assert "startedAt" not in batch.describe(third)


# Arrays


def test_an_array_runs_once_for_every_index(batch: BatchJobs) -> None:
    job = batch.python(
        "import os; print(os.environ['AWS_BATCH_JOB_ARRAY_INDEX'])", arrayProperties={"size": 6}
    )
    ended = batch.ended(job)
    assert ended["status"] == "SUCCEEDED"
    assert ended["arrayProperties"]["size"] == 6
    assert ended["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 6
    assert [batch.output(f"{job}:{index}") for index in range(6)] == [[str(index)] for index in range(6)]


def test_an_array_fails_when_all_children_have_ended_and_one_has_failed(batch: BatchJobs) -> None:
    job = batch.python(
        "import os; raise SystemExit(os.environ['AWS_BATCH_JOB_ARRAY_INDEX'] == '1')",
        arrayProperties={"size": 3},
    )
    ended = batch.ended(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "Array Child Job failed")
    assert Counter({"SUCCEEDED": 2, "FAILED": 1}) == +Counter(ended["arrayProperties"]["statusSummary"])


def test_an_array_may_go_one_by_one_or_index_by_index_after_another(batch: BatchJobs) -> None:
    one_by_one = batch.python("", arrayProperties={"size": 3}, dependsOn=[{"type": "SEQUENTIAL"}])
    pairwise = batch.python(
        "", arrayProperties={"size": 3}, dependsOn=[{"type": "N_TO_N", "jobId": one_by_one}]
    )
    assert batch.ended(pairwise)["status"] == "SUCCEEDED"
    before = [batch.describe(f"{one_by_one}:{index}") for index in range(3)]
    after = [batch.describe(f"{pairwise}:{index}") for index in range(3)]
    assert before[0]["stoppedAt"] <= before[1]["startedAt"]
    assert before[1]["stoppedAt"] <= before[2]["startedAt"]
    assert all(one["stoppedAt"] <= other["startedAt"] for one, other in zip(before, after, strict=True))


def test_terminating_an_array_ends_all_children(batch: BatchJobs) -> None:
    job = batch.python(_FOR_EVER, arrayProperties={"size": 30})
    eventually(lambda: batch.describe(job)["arrayProperties"]["statusSummary"]["RUNNING"])
    batch.client.terminate_job(jobId=job, reason="wrong data")
    ended = batch.ended(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "wrong data")
    assert ended["arrayProperties"]["statusSummary"]["FAILED"] == 30


# Several nodes


def test_the_nodes_of_a_job_run_together_and_know_each_other(batch: BatchJobs, tmp_path: Path) -> None:
    command = ["python", "-I", "-S", "-c", _MEET, str(tmp_path)]
    job = _submit_nodes(batch, command, count=3)
    assert batch.ended(job)["status"] == "SUCCEEDED"
    assert batch.describe(job)["nodeProperties"]["numNodes"] == 3
    assert [batch.output(f"{job}#{node}") for node in range(3)] == [
        ["0 0 3 None"],
        ["1 0 3 127.0.0.1"],
        ["2 0 3 127.0.0.1"],
    ]
    listed = batch.client.list_jobs(multiNodeJobId=job, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [node["nodeProperties"]["isMainNode"] for node in listed] == [True, False, False]


@pytest.mark.parametrize(
    ("permission", "address"),
    [
        ([], NOWHERE),
        (
            [{"IpProtocol": "udp", "FromPort": 1, "ToPort": 9, "IpRanges": [{"CidrIp": "10.7.0.0/16"}]}],
            NOWHERE,
        ),
        (
            [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 9, "IpRanges": [{"CidrIp": "10.8.0.0/16"}]}],
            NOWHERE,
        ),
        (
            [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 9, "IpRanges": [{"CidrIp": "10.7.0.0/16"}]}],
            "127.0.0.1",
        ),
    ],
)
def test_nodes_reach_each_other_where_a_security_group_admits_them(
    batch: BatchJobs, tmp_path: Path, permission: list[Any], address: str
) -> None:
    queue = _queue_in_a_network(batch, permission, public=False)
    job = _submit_nodes(batch, ["python", "-I", "-S", "-c", _ADDRESSES, str(tmp_path)], count=2, queue=queue)
    assert batch.ended(job)["status"] == "SUCCEEDED"
    (line,) = batch.output(f"{job}#1")
    assert line.split()[0] == address


def test_nodes_in_public_subnets_have_no_way_to_aws_but_a_gateway(batch: BatchJobs, tmp_path: Path) -> None:
    """Their network interfaces have no public address."""
    queue = _queue_in_a_network(batch, [], public=True)
    job = _submit_nodes(batch, ["python", "-I", "-S", "-c", _ADDRESSES, str(tmp_path)], count=2, queue=queue)
    assert batch.ended(job)["status"] == "SUCCEEDED"
    sandbox = os.environ["AWS_ENDPOINT_URL"]
    assert batch.output(f"{job}#1") == [f"{NOWHERE} http://{NOWHERE} {sandbox}"]
    single = batch.submit("python", "-I", "-S", "-c", _ADDRESSES, str(tmp_path), jobQueue=queue)
    assert batch.ended(single)["status"] == "SUCCEEDED"
    assert batch.output(single) == [f"None {sandbox} None"], "a job of one node has its instance's address"


def test_the_main_node_decides_when_and_how_the_job_ends(batch: BatchJobs) -> None:
    code = "import os, time; main = os.environ['AWS_BATCH_JOB_NODE_INDEX'] == '0'; time.sleep(0 if main else 3600)"
    job = _submit_nodes(batch, ["python", "-I", "-S", "-c", f"{code}; raise SystemExit(7)"], count=2)
    ended = batch.ended(job)
    assert ended["status"] == "FAILED"
    assert batch.describe(f"{job}#0")["container"]["exitCode"] == 7


# Places


@pytest.mark.parametrize(
    ("requirement", "why"),
    [
        ({"type": "VCPU", "value": "65"}, "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
        ({"type": "MEMORY", "value": str(2**20)}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        ({"type": "GPU", "value": "1"}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
    ],
)
def test_a_job_larger_than_every_instance_waits_with_a_reason(
    batch: BatchJobs, requirement: dict[str, str], why: str
) -> None:
    job = batch.submit("true", overrides={"resourceRequirements": [requirement]})
    eventually(lambda: why in batch.describe(job).get("statusReason", ""))
    assert batch.describe(job)["status"] == "RUNNABLE"
    batch.client.cancel_job(jobId=job, reason="enough")


def test_a_time_limit_ends_jobs_that_can_never_start(batch: BatchJobs, running: RunningSandbox) -> None:
    why = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
    queue = _queue_like_the_first(
        batch,
        "impatient",
        jobStateTimeLimitActions=[
            {"action": "CANCEL", "state": "RUNNABLE", "reason": why, "maxTimeSeconds": 600}
        ],
    )
    job = batch.submit(
        "true",
        jobQueue=queue,
        overrides={"resourceRequirements": [{"type": "GPU", "value": "1"}]},
    )
    eventually(lambda: batch.describe(job).get("statusReason"))
    running.ask("PUT", "clock", {"advance_seconds": 600})
    assert batch.ended(job)["statusReason"] == f"Canceled by JobStateTimeLimit action due to reason: {why}"


def test_no_more_vcpus_run_at_once_than_the_pool_has(batch: BatchJobs) -> None:
    half = {"resourceRequirements": [{"type": "VCPU", "value": "32"}]}
    first, second, third = (batch.python(_FOR_EVER, overrides=half) for _ in range(3))
    for job in (first, second):
        batch.reaches(job, "RUNNING")
    assert batch.describe(third)["status"] == "RUNNABLE"
    batch.client.terminate_job(jobId=first, reason="make room")
    batch.reaches(third, "RUNNING")
    for job in (second, third):
        batch.client.terminate_job(jobId=job, reason="enough")
        batch.ended(job)


# Lists


def test_jobs_are_listed_by_status_by_name_and_page_by_page(batch: BatchJobs) -> None:
    queue = _queue_like_the_first(batch, "listed")
    jobs = [batch.python("", jobQueue=queue, jobName=name) for name in ("fit-1", "fit-2", "score")]
    for job in jobs:
        batch.ended(job)

    def names(**asked: Any) -> list[str]:
        pages = batch.client.get_paginator("list_jobs").paginate(
            jobQueue=queue, PaginationConfig={"PageSize": 1}, **asked
        )
        return sorted(job["jobName"] for page in pages for job in page["jobSummaryList"])

    assert names() == [], "without a status: what runs"
    assert names(jobStatus="SUCCEEDED") == ["fit-1", "fit-2", "score"]
    assert names(filters=[{"name": "JOB_NAME", "values": ["FIT*"]}]) == ["fit-1", "fit-2"]
    assert names(filters=[{"name": "AFTER_CREATED_AT", "values": ["32503680000000"]}]) == []


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _submit_nodes(batch: BatchJobs, command: list[str], *, count: int, queue: str | None = None) -> str:
    (single,) = batch.client.describe_job_definitions(
        jobDefinitions=[batch.manifest.compute.job_definition_arn]
    )["jobDefinitions"]
    definition = batch.client.register_job_definition(
        jobDefinitionName="several-nodes",
        schedulingPriority=0,
        type="multinode",
        nodeProperties={
            "numNodes": 1,
            "mainNode": 0,
            "nodeRangeProperties": [{"targetNodes": "0:", "container": single["containerProperties"]}],
        },
    )["jobDefinitionArn"]
    (told,) = batch.client.describe_job_definitions(jobDefinitions=[definition])["jobDefinitions"]
    assert told["nodeProperties"]["numNodes"] == 1
    assert "containerProperties" not in told
    pool = next(pool for pool in batch.manifest.compute.pools if pool.nodes > 1)
    submitted = batch.client.submit_job(
        jobName="nodes",
        jobQueue=queue or pool.queue_arn,
        jobDefinition=definition,
        shareIdentifier="tests",
        nodeOverrides={
            "numNodes": count,
            "nodePropertyOverrides": [{"targetNodes": "0:", "containerOverrides": {"command": command}}],
        },
    )
    return str(submitted["jobId"])


def _queue_in_a_network(batch: BatchJobs, permission: list[Any], *, public: bool) -> str:
    """A queue like the first, of instances in a network of its own."""
    ec2, name = boto3.client("ec2"), f"net-{uuid.uuid4().hex}"
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName=name, Description="nodes")["GroupId"]
    if permission:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission)
    if public:
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        service = f"com.amazonaws.{batch.manifest.region}.s3"
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, RouteTableIds=[table])
    (first,) = batch.client.describe_job_queues(jobQueues=[batch.manifest.compute.pools[0].queue_arn])[
        "jobQueues"
    ]
    used = first["computeEnvironmentOrder"][0]["computeEnvironment"]
    (environment,) = batch.client.describe_compute_environments(computeEnvironments=[used])[
        "computeEnvironments"
    ]
    kept = ("type", "minvCpus", "maxvCpus", "instanceTypes", "instanceRole")
    resources = {key: environment["computeResources"][key] for key in kept}
    created = batch.client.create_compute_environment(
        computeEnvironmentName=name,
        type="MANAGED",
        computeResources={**resources, "subnets": [subnet], "securityGroupIds": [group]},
    )["computeEnvironmentArn"]
    queue = batch.client.create_job_queue(
        jobQueueName=name,
        priority=1,
        schedulingPolicyArn=first["schedulingPolicyArn"],
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": created}],
    )
    return str(queue["jobQueueArn"])


def _queue_like_the_first(batch: BatchJobs, name: str, **settings: Any) -> str:
    (first,) = batch.client.describe_job_queues(jobQueues=[batch.manifest.compute.pools[0].queue_arn])[
        "jobQueues"
    ]
    copied = ("computeEnvironmentOrder", "priority", "schedulingPolicyArn", "state")
    created = boto3.client("batch").create_job_queue(
        jobQueueName=name, **{key: first[key] for key in copied}, **settings
    )
    return str(created["jobQueueArn"])
