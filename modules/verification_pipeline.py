"""The pipeline that `terrarium verify` starts in every environment: one job, which ends at once."""

import json
from functools import cached_property
from typing import Final

from environments import Environment
from environments.sections.pipelines import VERIFICATION, Pipeline
from modules.pipeline_definition import CHECKOUT, PipelineDefinition

__all__ = ["VerificationPipeline"]

_SECONDS: Final = 1200  # an instance starts, and pulls the image


class VerificationPipeline(PipelineDefinition):
    """A state machine as training pipelines have it: same roles, key, logs and queue. Nothing starts it by itself.

    Args:
        config: The environment; the job runs in its first pool.
    """

    def __init__(self, config: Environment) -> None:
        super().__init__(Pipeline.model_construct(name=VERIFICATION), checkout=CHECKOUT)
        self._queue = f"{config.compute.pools[0].name.replace('-', '_')}_queue_arn"

    @cached_property
    def _source(self) -> str:
        job = {
            "Type": "Task",
            "Resource": "arn:aws:states:::batch:submitJob.sync",
            "Parameters": {
                "JobName": "verification",
                "JobQueue": f"${{{self._queue}}}",
                "JobDefinition": "${job_definition_arn}",
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
