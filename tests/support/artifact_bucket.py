"""The artifact bucket of an environment as synthesized, and sessions of the roles that use it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from policies.aws.arns import name_of, with_arns
from tests.support.role_sessions import Session, as_person, as_service, as_workflow
from tests.support.stack_identities import StackIdentities

__all__ = ["ROLES", "ArtifactBucket"]

ROLES = ("access/scientist", "access/job", "access/notebook", "access/delivery/deploy", "pipelines/executor")


@dataclass(frozen=True)
class ArtifactBucket:
    """The bucket of one environment and the sessions of its roles.

    Args:
        name: The bucket's.
        identities: The environment's roles.
    """

    artifacts_prefix: ClassVar = "artifacts/"

    name: str
    identities: StackIdentities

    @classmethod
    def create(cls, identities: StackIdentities) -> "ArtifactBucket":
        """Create the bucket, encrypted with the environment's key, and with its policy."""
        name = name_of(identities.resource("aws_s3_bucket", "artifacts/"))
        assert name is not None
        s3 = identities.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": identities.key_arn}
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
        )
        bucket = cls(name, identities)
        bucket.put_policy(bucket.policy())
        return bucket

    def policy(self) -> dict[str, Any]:
        """The bucket's policy as synthesized."""
        return self.identities.document(self.identities.resource("aws_s3_bucket_policy", "artifacts/"))

    def put_policy(self, document: Mapping[str, Any]) -> None:
        """Set the bucket's policy as the administrator."""
        self.identities.client("s3").put_bucket_policy(Bucket=self.name, Policy=json.dumps(document))

    @contextmanager
    def without_policy(self) -> Iterator[None]:
        """Take the bucket's policy away for a while."""
        self.identities.client("s3").delete_bucket_policy(Bucket=self.name)
        try:
            yield
        finally:
            self.put_policy(self.policy())

    @contextmanager
    def other_policy(self, text: str) -> Iterator[None]:
        """Give the bucket another synthesized policy for a while."""
        self.put_policy(with_arns(json.loads(text), self.identities.stack))
        try:
            yield
        finally:
            self.put_policy(self.policy())

    def session(self, role: str) -> Session:
        """Return a session of a role: `scientist`, `job`, `notebook`, `deploy` or `executor`."""
        sandbox, environment = self.identities.sandbox, self.identities.stack.name
        services = {
            "job": "ecs-tasks.amazonaws.com",
            "notebook": "sagemaker.amazonaws.com",
            "executor": "states.amazonaws.com",
        }
        if role == "deploy":
            arn = self.identities.role_arn("access/delivery/deploy")
            return as_workflow(sandbox, environment, arn, subject=f"environment:{environment}")
        arn = self.identities.role_arn(f"pipelines/{role}" if role == "executor" else f"access/{role}")
        if role in services:
            return as_service(sandbox, environment, arn, services[role])
        return as_person(sandbox, environment, arn)
