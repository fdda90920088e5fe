"""The tunnel from a laptop to the private database, through a Fargate task and Session Manager."""

import json
from collections.abc import Mapping
from datetime import date

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ecs_cluster import EcsCluster, EcsClusterSetting
from cdktf_cdktf_provider_aws.ecs_task_definition import EcsTaskDefinition
from constructs import Construct

from modules.compute.training_compute import TrainingCompute
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.iam.trust import trust_of_services
from modules.names import Limit, Names
from modules.network import Network
from modules.waivers import waive

__all__ = ["Tunnel"]

_LONGEST_SECONDS = 12 * 3600
_MEMORY_MIB = 512  # the minimum of Fargate


class Tunnel(Construct):
    """A Fargate task that sleeps. It runs for one Session Manager session and costs nothing otherwise.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        names: The names of the environment's resources.
        network: The network of the task, which has the clients security group without incoming rules.
        compute: The base image, the log group and the execution role of the task.
        boundary: The permissions boundary of its role.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        network: Network,
        compute: TrainingCompute,
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._names = names
        self._execution = compute.execution
        self.cluster = EcsCluster(
            self,
            "cluster",
            name=names.physical("tunnel", limit=Limit.ECS),
            # ECS would create the log group: unencrypted, without a retention, and not deleted by `cdktf destroy`.
            setting=[EcsClusterSetting(name="containerInsights", value="disabled")],
        )
        waive(
            self.cluster,
            "CKV_AWS_65",
            owner="ml-platform",
            reason="A task that sleeps during a session has no load to watch; Container Insights would write to a "
            "log group outside of the stack, unencrypted and never deleted",
            expires=date(2027, 11, 30),
        )
        self.role = Role(
            self,
            "role",
            names=names,
            name="tunnel",
            trust=trust_of_services("ecs-tasks.amazonaws.com", names=names),
            boundary=boundary,
        )
        self.role.allow(
            "session-channel",
            Statement(
                sid="SessionManagerChannels",  # channels have no ARN
                actions=(
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                ),
                resources=("*",),
            ),
        )
        container = {
            "name": "tunnel",
            "image": compute.base_image,
            "command": ["sleep", str(_LONGEST_SECONDS)],
            "essential": True,
            "memory": _MEMORY_MIB,
            **_environment(network.proxy_variables),
            "linuxParameters": {"initProcessEnabled": True},
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": compute.logs.name,
                    "awslogs-region": names.region,
                    "awslogs-stream-prefix": "tunnel",
                },
            },
        }
        self.resource = EcsTaskDefinition(
            self,
            "task",
            family=names.physical("tunnel", limit=Limit.ECS),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu="256",
            memory=str(_MEMORY_MIB),
            execution_role_arn=compute.execution.arn,
            task_role_arn=self.role.arn,
            container_definitions=json.dumps([container]),
            # Every change makes a new revision. The manifest names the old one until then.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        waive(
            self.resource,
            "CKV_AWS_336",
            owner="ml-platform",
            reason="The agent of ECS Exec, which the session uses, writes to the root file system; ECS does not "
            "support it otherwise. The task has no data, sleeps, and ends with the session",
            expires=date(2027, 11, 30),
            plan_only=True,
        )
        self.subnet_ids = network.compute_subnet_ids
        self.security_group_id = network.client_security_group_id

    def grant_open(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` start the task, open a session through it, and stop it."""
        task = self._names.arn("ecs", f"task/{self._names.pattern}/*")
        return role.allow(
            f"{self._id}-open",
            Statement(
                sid="Start",
                actions=("ecs:RunTask",),
                resources=(self._names.arn("ecs", f"task-definition/{self._names.pattern}"),),
                conditions={"ArnEquals": {"ecs:cluster": self.cluster.arn}},
            ),
            Statement(
                sid="TagForCosts",
                actions=("ecs:TagResource",),
                resources=(task,),
                conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
            ),
            Statement(sid="Follow", actions=("ecs:DescribeTasks", "ecs:StopTask"), resources=(task,)),
            Statement(
                sid="PassTaskRoles",
                actions=("iam:PassRole",),
                resources=(self.role.arn, self._execution.arn),
                conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
            Statement(
                sid="ForwardPort",
                actions=("ssm:StartSession",),
                resources=(
                    task,
                    self._names.foreign_arn(
                        "ssm", self._names.region, "", "document/AWS-StartPortForwardingSessionToRemoteHost"
                    ),
                ),
            ),
            # The id of a session begins with the id of its user; an assumed role has no aws:username.
            # Source: AWS Systems Manager User Guide, "Sample IAM policies for Session Manager" (end users).
            Statement(
                sid="UseOwnSessions",
                actions=("ssm:ResumeSession", "ssm:TerminateSession", "ssmmessages:OpenDataChannel"),
                resources=(self._names.arn("ssm", "session/$${aws:userid}-*"),),
            ),
        )


def _environment(variables: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    # ECS returns no `environment` for an empty list: with one, every plan would show a difference.
    listed = [{"name": name, "value": value} for name, value in variables.items()]
    return {"environment": listed} if listed else {}
