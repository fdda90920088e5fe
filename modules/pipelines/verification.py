"""The pipeline and the permissions for `terrarium verify`, in every environment."""

import json
from functools import cached_property
from typing import Final

from environments.sections.compute import Pool
from environments.sections.pipelines import VERIFICATION, Pipeline
from modules.alarms import Alarms
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Names
from modules.pipelines.definition import CHECKOUT, PipelineDefinition

__all__ = ["VerificationPipeline", "grant_verify"]

_SECONDS: Final = 1200  # an instance starts and pulls the image


class VerificationPipeline(PipelineDefinition):
    """A pipeline of one short job, with the roles, key, logs and queue of training pipelines, and without triggers.

    Args:
        pool: The pool that its job runs in.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__(Pipeline.model_construct(name=VERIFICATION), checkout=CHECKOUT)
        self._pool = pool.name.replace("-", "_")

    @cached_property
    def _source(self) -> str:
        job = {
            "Type": "Task",
            "Resource": "arn:aws:states:::batch:submitJob.sync",
            "Parameters": {
                "JobName": "verification",
                "JobQueue": f"${{{self._pool}_queue_arn}}",
                "JobDefinition": f"${{{self._pool}_job_definition_arn}}",
                "ShareIdentifier": "verification",
                "ContainerOverrides": {"Command": ["python", "-c", "print('verified')"]},
                "Timeout": {"AttemptDurationSeconds": 60},
                "PropagateTags": True,
                "Tags": {"pipeline": VERIFICATION},
            },
            "End": True,
        }
        return json.dumps(
            {
                "Comment": "Runs one job; `terrarium verify` starts it",
                "StartAt": "verify",
                "TimeoutSeconds": _SECONDS,
                "States": {"verify": job},
            }
        )


def grant_verify(role: Role, *, names: Names, alarms: Alarms) -> tuple[Statement, ...]:
    """Let `role` run `terrarium verify`: subscribe its own queue to the alarms, and read alarms and subscriptions.

    The role needs `TrainingCompute.grant_submit_base` and `grant_read_manifest`, too.
    """
    return role.allow(
        "verify",
        Statement(
            sid="SubscribeToAlarms",
            actions=("sns:ListSubscriptionsByTopic", "sns:Subscribe"),
            resources=(alarms.topic_arn,),
        ),
        Statement(
            sid="Unsubscribe",
            actions=("sns:Unsubscribe",),
            resources=("*",),  # the action takes no resource (Service Authorization Reference, Amazon SNS)
        ),
        Statement(
            sid="ReceiveNotices",
            actions=("sqs:CreateQueue", "sqs:DeleteQueue", "sqs:ReceiveMessage", "sqs:TagQueue"),
            resources=(names.arn("sqs", f"{names.pattern[:-1]}verification-*"),),
        ),
        Statement(
            sid="ReadAlarms",
            actions=("cloudwatch:DescribeAlarms",),
            resources=(names.arn("cloudwatch", f"alarm:{names.pattern}"),),
        ),
    )
