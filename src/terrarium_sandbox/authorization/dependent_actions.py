"""Dependent actions of a call, besides those of passed roles and keys.

Sources: Service Authorization Reference, "API operations" and "dependent actions" of each service; Amazon S3 API,
PutObject, Permissions; Amazon SageMaker Developer Guide, "API Permissions: Actions, Permissions, and Resources
Reference"; Amazon ECS Developer Guide, "Grant permission to tag resources on creation".
"""

from collections.abc import Callable, Iterator, Mapping

from moto.ec2.models import ec2_backends
from moto.sagemaker.models import sagemaker_backends

from terrarium_sandbox.authorization.policy import Question
from terrarium_sandbox.http.aws_call import Call

__all__ = ["dependent_actions"]

# Operations that tag the resources they create: the action that a request with tags needs, the parameter of the tags,
# and the new resource.
_TAGGED: Mapping[str, tuple[str, str, str]] = {
    "batch:CreateComputeEnvironment": (
        "batch:TagResource",
        "tags",
        "compute-environment/{computeEnvironmentName}",
    ),
    "batch:CreateJobQueue": ("batch:TagResource", "tags", "job-queue/{jobQueueName}"),
    "batch:CreateSchedulingPolicy": ("batch:TagResource", "tags", "scheduling-policy/{name}"),
    "batch:RegisterJobDefinition": ("batch:TagResource", "tags", "job-definition/{jobDefinitionName}:*"),
    "batch:SubmitJob": ("batch:TagResource", "tags", "job/*"),
    "ecs:CreateCluster": ("ecs:TagResource", "tags", "cluster/{clusterName}"),
    "ecs:RegisterTaskDefinition": ("ecs:TagResource", "tags", "task-definition/{family}:*"),
    "ecs:RunTask": ("ecs:TagResource", "tags", "task/*"),
    "sagemaker:CreateNotebookInstance": (
        "sagemaker:AddTags",
        "Tags",
        "notebook-instance/{NotebookInstanceName}",
    ),
}

# Parameters of writes to S3 that need a further action on the object.
_OBJECT_PARAMETERS = {
    "ACL": "s3:PutObjectAcl",
    "GrantFullControl": "s3:PutObjectAcl",
    "GrantRead": "s3:PutObjectAcl",
    "GrantReadACP": "s3:PutObjectAcl",
    "GrantWriteACP": "s3:PutObjectAcl",
    "ObjectLockLegalHoldStatus": "s3:PutObjectLegalHold",
    "ObjectLockMode": "s3:PutObjectRetention",
    "ObjectLockRetainUntilDate": "s3:PutObjectRetention",
    "Tagging": "s3:PutObjectTagging",
}
_OBJECT_WRITES = frozenset({"s3:CopyObject", "s3:CreateMultipartUpload", "s3:PutObject"})

_VPC_OF_NOTEBOOK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


def dependent_actions(call: Call, account: str) -> Iterator[Question]:
    """Return a question for each dependent action of a call."""
    yield from _tags(call, account)
    if call.name in _OBJECT_WRITES:
        yield from _object_parameters(call)
    others = _OTHERS.get(call.name)
    if others is not None:
        yield from others(call, account)


def _tags(call: Call, account: str) -> Iterator[Question]:
    action, parameter, resource = _TAGGED.get(call.name, ("", "", ""))
    if action and call.parameters.get(parameter):
        name = resource.format(**{key: str(value) for key, value in call.parameters.items()})
        yield Question(
            action=action,
            resource=f"arn:aws:{call.service}:{call.region}:{account}:{name}",
            context={f"{call.service}:createaction": (call.operation,)},
        )


def _object_parameters(call: Call) -> Iterator[Question]:
    object_arn = f"arn:aws:s3:::{call.parameters['Bucket']}/{call.parameters['Key']}"
    actions = {action for name, action in _OBJECT_PARAMETERS.items() if call.parameters.get(name)}
    for action in sorted(actions):
        yield Question(action=action, resource=object_arn)


def _created_notebook(call: Call, account: str) -> Iterator[Question]:
    if call.parameters.get("SubnetId"):
        yield from _network_of_notebook(call, account)


def _network_of_notebook(call: Call, account: str) -> Iterator[Question]:
    for action in _VPC_OF_NOTEBOOK:
        kind = "network-interface/*" if action == "ec2:CreateNetworkInterface" else None
        yield Question(action=action, resource=f"arn:aws:ec2:{call.region}:{account}:{kind}" if kind else "*")


def _started_notebook(call: Call, account: str) -> Iterator[Question]:
    notebooks = sagemaker_backends[account][call.region].notebook_instances
    notebook = notebooks.get(call.parameters.get("NotebookInstanceName", ""))
    if notebook is not None and notebook.subnet_id:
        yield from _network_of_notebook(call, account)


def _deleted_notebook(call: Call, account: str) -> Iterator[Question]:
    notebooks = sagemaker_backends[account][call.region].notebook_instances
    notebook = notebooks.get(call.parameters.get("NotebookInstanceName", ""))
    if notebook is not None and notebook.subnet_id:
        subnet = ec2_backends[account][call.region].get_subnet(notebook.subnet_id)
        yield Question(
            action="ec2:DeleteNetworkInterface",
            resource=f"arn:aws:ec2:{call.region}:{account}:network-interface/*",
            # Unlike a new interface, this one is in a VPC. Source: Service Authorization Reference, Amazon EC2.
            context={"ec2:vpc": (f"arn:aws:ec2:{call.region}:{account}:vpc/{subnet.vpc_id}",)},
        )


_OTHERS: Mapping[str, Callable[[Call, str], Iterator[Question]]] = {
    "sagemaker:CreateNotebookInstance": _created_notebook,
    "sagemaker:DeleteNotebookInstance": _deleted_notebook,
    "sagemaker:StartNotebookInstance": _started_notebook,
}
