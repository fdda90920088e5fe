"""The way from a laptop to the private database, without an open port: a Fargate task that lives while it is used."""

import json
from datetime import date

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
_MEMORY_MIB = 512  # the least of a Fargate task


class Tunnel(Construct):
    """A task that sleeps, started for one Session Manager session and gone after it: nothing while idle.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        names: The names of the environment's resources.
        network: Where the task lives; it wears the client security group, which has no way in.
        compute: Whose base image it sleeps in, whose logs it writes, and whose execution role pulls it.
        boundary: Bounds its role.
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
            # Its log group would be ECS' own: unencrypted, without a retention, and left behind by `cdktf destroy`.
            setting=[EcsClusterSetting(name="containerInsights", value="disabled")],
        )
        waive(
            self.cluster,
            "CKV_AWS_65",
            owner="ml-platform",
            reason="One task that sleeps while somebody's session lasts has no load to look at; Container Insights "
            "would write to a log group outside of the stack, unencrypted and never deleted",
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
                sid="SpeakToSessionManager",  # channels have no ARN
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
        )
        waive(
            self.resource,
            "CKV_AWS_336",
            owner="ml-platform",
            reason="The agent of ECS Exec, by which the session enters, writes to the root file system and is not "
            "supported without; the task holds no data, sleeps, and is gone with the session",
            expires=date(2027, 11, 30),
            plan_only=True,
        )
        self.subnet_ids = network.compute_subnet_ids
        self.security_group_id = network.client_security_group_id

    def grant_open(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` start the task, speak through it, and end it."""
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
                sid="HandOverRoles",
                actions=("iam:PassRole",),
                resources=(self.role.arn, self._execution.arn),
                conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
            Statement(
                sid="ForwardPort",
                actions=("ssm:StartSession",),
                resources=(
                    task,
                    f"arn:aws:ssm:{self._names.region}::document/AWS-StartPortForwardingSessionToRemoteHost",
                ),
            ),
            # A session's id begins with its user's id: that of an assumed role, which has no aws:username.
            # Source: AWS Systems Manager User Guide, "Sample IAM policies for Session Manager" (end users).
            Statement(
                sid="UseOwnSessions",
                actions=("ssm:ResumeSession", "ssm:TerminateSession", "ssmmessages:OpenDataChannel"),
                resources=(self._names.arn("ssm", "session/$${aws:userid}-*"),),
            ),
        )
