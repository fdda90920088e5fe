"""IAM statements for submitting, describing and terminating Batch jobs."""

from typing import NamedTuple

from environments.sections.compute import Compute as ComputeConfig
from modules.compute.job_definition import job_definition_arns
from modules.compute.pool_job_definitions import pool_definition_names
from modules.iam.boundary_statements import own_tag
from modules.iam.statement import Statement
from modules.names import Names
from terrarium.manifest import BASE_IMAGE, OPERATION_TAG

__all__ = ["JobPermissions"]


class JobPermissions(NamedTuple):
    """Statements about the jobs of an environment.

    Statements name job definitions exactly, never by a pattern: the command of a job can be overridden at submission,
    so that a principal that may submit the migration has the permissions of the migration's role. They name queues by
    the environment's pattern, so that the policies of CI's roles do not change when pools change.

    Args:
        config: The section `compute` of the environment's file.
        names: The names of the environment's resources.
        log_group_arn: The log group of the jobs.
    """

    config: ComputeConfig
    names: Names
    log_group_arn: str

    def submit(self) -> tuple[Statement, ...]:
        """Return the statements for submitting jobs in every image, and terminating jobs of people and their jobs."""
        kinds = ("job", "multi-node-job") if self.config.spans_nodes else ("job",)
        suffixes = ("", *(f"-{image}" for image in self.config.images))
        images = (BASE_IMAGE, *self.config.images)
        names = (
            *(f"{kind}{suffix}" for kind in kinds for suffix in suffixes),
            *pool_definition_names(self.config, images=images),
        )
        return (self._submit(names), *self._own(), *self._follow())

    def submit_all(self) -> tuple[Statement, ...]:
        """Return the statements for a service that submits jobs in every image, with tags of its callers.

        Jobs of definitions without tags have none, also when the service terminates them.
        """
        submitting, *_ = self.submit()
        jobs = (self._jobs(),)
        own = {"StringEqualsIfExists": own_tag(self.names)["StringEquals"]}
        return (
            submitting,
            Statement(sid="Tag", actions=("batch:TagResource",), resources=jobs, conditions=own),
            Statement(
                sid="End", actions=("batch:CancelJob", "batch:TerminateJob"), resources=jobs, conditions=own
            ),
            *self._follow(),
        )

    def submit_base(self) -> tuple[Statement, ...]:
        """Return the statements for submitting jobs in the base image."""
        names = ("job", *pool_definition_names(self.config, images=(BASE_IMAGE,)))
        return (self._submit(names), *self._own(), *self._follow())

    def run(self, job: str) -> tuple[Statement, ...]:
        """Return the statements for submitting an operator's job, such as the migration."""
        definitions = job_definition_arns(self.names, job)
        return (
            Statement(
                sid="Run",
                actions=("batch:SubmitJob",),
                resources=(*definitions, self._queues(), self._jobs()),
            ),
            Statement(
                sid="Tag",
                actions=("batch:TagResource",),
                resources=(self._jobs(),),
                conditions={
                    "StringEquals": {f"aws:RequestTag/{OPERATION_TAG}": job},
                    "StringEqualsIfExists": own_tag(self.names)["StringEquals"],
                },
            ),
            *self._follow(),
        )

    def _submit(self, names: tuple[str, ...]) -> Statement:
        definitions = tuple(one for name in names for one in job_definition_arns(self.names, name))
        return Statement(
            sid="Submit",
            actions=("batch:SubmitJob",),
            resources=(*definitions, self._queues(), self._jobs()),
        )

    def _own(self) -> tuple[Statement, ...]:
        """Return the statements for tagging and terminating the environment's jobs, except those of operators.

        Jobs have ids instead of names: their tags tell the environment.
        """
        no_operation = {f"aws:ResourceTag/{OPERATION_TAG}": "true"}
        environment = {"aws:RequestTag/environment": self.names.environment}
        return (
            Statement(
                sid="Tag",
                actions=("batch:TagResource",),
                resources=(self._jobs(),),
                conditions={
                    "StringEquals": environment,
                    # A new job has no tags yet; a job of another environment has another tag.
                    "StringEqualsIfExists": own_tag(self.names)["StringEquals"],
                    "Null": no_operation,
                },
            ),
            Statement(
                sid="End",
                actions=("batch:CancelJob", "batch:TerminateJob"),
                resources=(self._jobs(),),
                conditions={**own_tag(self.names), "Null": no_operation},
            ),
        )

    def _jobs(self) -> str:
        return self.names.arn("batch", "job/*")

    def _follow(self) -> tuple[Statement, ...]:
        return (
            Statement(
                sid="Follow",
                # These actions take no resource: they describe all jobs of the account.
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
        return self.names.arn("batch", f"job-queue/{self.names.pattern}")
