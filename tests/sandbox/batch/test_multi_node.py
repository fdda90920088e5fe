"""Multi-node jobs: start of all nodes, network access between them, and the end of the job."""

import os
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest

from terrarium_sandbox.services.batch.node_network import NOWHERE
from tests.support.batch_jobs import BatchJobs

pytest_plugins = ["tests.support.sdk_environment"]

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
