"""Permissions to submit, follow and end Batch jobs."""

from typing import NamedTuple

from environments import Environment
from modules.job_definition import job_definition_arns
from modules.names import arn, name_pattern
from modules.statement import Statement

__all__ = ["JobPermissions", "spans_nodes"]


class JobPermissions(NamedTuple):
    """Statements about the jobs of an environment.

    A job definition is allowed by its exact name, never by a pattern: the command of a job can be overridden at
    submission, so that a principal that may submit the migration has the rights of the migration's role. Queues are
    allowed by the environment's pattern, so that the policies of CI's roles stay the same when pools change.

    Args:
        config: The environment.
        log_group_arn: The log group of the jobs.
    """

    config: Environment
    log_group_arn: str

    def submit(self) -> tuple[Statement, ...]:
        """Return what submitting jobs in every image takes."""
        kinds = ("job", "multi-node-job") if spans_nodes(self.config) else ("job",)
        suffixes = ("", *(f"-{image}" for image in self.config.compute.images))
        return self._submit(tuple(f"{kind}{suffix}" for kind in kinds for suffix in suffixes))

    def submit_base(self) -> tuple[Statement, ...]:
        """Return what submitting jobs in the base image takes."""
        return self._submit(("job",))

    def run(self, job: str) -> tuple[Statement, ...]:
        """Return what submitting an operator's job takes."""
        definitions = job_definition_arns(self.config, job)
        return (
            Statement(sid="Run", actions=("batch:SubmitJob",), resources=(*definitions, self._queues())),
            *self._follow(),
        )

    def _submit(self, names: tuple[str, ...]) -> tuple[Statement, ...]:
        jobs = arn(self.config, "batch", "job/*")
        definitions = tuple(one for name in names for one in job_definition_arns(self.config, name))
        return (
            Statement(
                sid="Submit",
                actions=("batch:SubmitJob", "batch:TagResource"),
                resources=(*definitions, self._queues(), jobs),
            ),
            *self._follow(),
            Statement(sid="End", actions=("batch:CancelJob", "batch:TerminateJob"), resources=(jobs,)),
        )

    def _follow(self) -> tuple[Statement, ...]:
        return (
            Statement(
                sid="Follow",
                # Batch describes by account: none of these can be narrowed.
                actions=(
                    "batch:DescribeComputeEnvironments",
                    "batch:DescribeJobDefinitions",
                    "batch:DescribeJobQueues",
                    "batch:DescribeJobs",
                    "batch:ListJobs",
                ),
                resources=("*",),
            ),
            Statement(
                sid="ReadLogs",
                actions=("logs:FilterLogEvents", "logs:GetLogEvents"),
                resources=(self.log_group_arn, f"{self.log_group_arn}:log-stream:*"),
            ),
        )

    def _queues(self) -> str:
        return arn(self.config, "batch", f"job-queue/{name_pattern(self.config)}")


def spans_nodes(config: Environment) -> bool:
    """Return whether a pool of the environment runs jobs of several nodes."""
    return any(pool.nodes > 1 for pool in config.compute.pools)
