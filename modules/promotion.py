"""Promotion of models between environments: the target pulls from the source, never the reverse."""

import json
from datetime import date

from cdktf_cdktf_provider_aws.batch_job_definition import (
    BatchJobDefinition,
    BatchJobDefinitionTimeout,
)
from constructs import Construct

from environments.sections.access import Access as AccessConfig
from modules.artifacts import Artifacts
from modules.compute.job_definition import PRIORITY, retries_after_reclaim
from modules.compute.training_compute import TrainingCompute
from modules.encryption import Encryption
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.iam.trust import trust_of_principals, trust_of_services, trusts_account
from modules.manifest import grant_read_manifest
from modules.metadata_database import MetadataDatabase
from modules.model_registry import ModelRegistry
from modules.names import Limit, Names
from modules.waivers import waive

__all__ = ["Promotion", "PromotionSource", "promotion_role_arn", "source_role_arn"]

_HOURS = 2  # the job downloads the package and uploads it


def promotion_role_arn(names: Names) -> str:
    """Return the ARN of the role that promotes models to an environment. The source trusts it before it exists."""
    return names.identity("role", names.physical("promotion", limit=Limit.IAM_ROLE))


def source_role_arn(names: Names) -> str:
    """Return the ARN of the role through which others read an environment's models, also before it exists."""
    name = names.physical("promotion-source", limit=Limit.IAM_ROLE)
    return names.identity("role", name)


class PromotionSource(Construct):
    """The role through which other environments read the bucket of this environment's registry.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of this environment.
        targets: The names of the environments that may pull models from it.
        boundary: The permissions boundary of the role.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        targets: tuple[Names, ...],
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        self._names = names
        self.role = Role(
            self,
            "role",
            names=names,
            name="promotion-source",
            # The accounts, with a condition, instead of the roles: IAM refuses to trust a role that does not exist yet.
            trust=(
                Statement(
                    sid="Targets",
                    actions=("sts:AssumeRole",),
                    principals={"AWS": tuple(target.root_arn(target.account) for target in targets)},
                    conditions={
                        "ArnEquals": {
                            "aws:PrincipalArn": tuple(promotion_role_arn(target) for target in targets)
                        }
                    },
                ),
            ),
            boundary=boundary,
        )
        waive(
            self.role.resource,
            "CKV_AWS_61",
            owner="ml-platform",
            reason="Of the target's account, a condition admits one role only, by name: its promotion role, which "
            "IAM would refuse to trust directly before it exists",
            expires=date(2027, 11, 30),
        )

    def grant_reading(self, *, registry: ModelRegistry, encryption: Encryption) -> None:
        """Let the role read releases and packages, and the manifest, which contains the name of their bucket."""
        registry.grant_read(self.role)
        grant_read_manifest(self.role, names=self._names, encryption=encryption)


class Promotion(Construct):
    """The Batch job that pulls models from the source environment and submits them here, and the role that starts it.

    The job runs in this environment's network, which the database is in. Only the job has the role `promotion`. The
    command of a job can be overridden at submission, so that principals that may start the job have the permissions of
    that role in effect: the role `release`, which people assume, and `ci-deploy`.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `access` of this environment's file.
        names: The names of this environment.
        source: The names of the environment that it pulls models from.
        boundary: The permissions boundary of both roles.
        compute: The compute and the image that the job runs in.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: AccessConfig,
        names: Names,
        source: Names,
        boundary: PermissionsBoundary,
        compute: TrainingCompute,
    ) -> None:
        super().__init__(scope, id)
        self._names = names
        self._compute = compute
        self.source = source
        self.role = Role(
            self,
            "role",
            names=names,
            name="promotion",
            trust=trust_of_services("ecs-tasks.amazonaws.com", names=names),
            boundary=boundary,
        )
        self.role.allow(
            "source-read",
            Statement(
                sid="AssumeSourceRole", actions=("sts:AssumeRole",), resources=(source_role_arn(source),)
            ),
        )
        self.resource = self._job_definition()
        self.release = self._release_role(boundary, config.releasers)

    def grant_start(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` start promotions, describe them and read their output."""
        return self._compute.grant_run(role, job="promotion")

    def _job_definition(self) -> BatchJobDefinition:
        container = self._compute.container(
            command=[
                *("terrarium", "models", "promote", "Ref::version"),
                *("--to", self._names.environment, "--here", "--requested-by", "Ref::requested_by"),
            ],
            job_role=self.role,
            vcpus=1,
            memory_mib=4096,
            loads_models=False,
            pool=self._compute.operations_pool,
        )
        return BatchJobDefinition(
            self,
            "job-definition",
            name=self._names.physical("promotion", limit=Limit.BATCH),
            deregister_on_new_revision=True,  # the default: an import contains only stated arguments
            scheduling_priority=PRIORITY,
            type="container",
            platform_capabilities=[self._compute.operations_pool.launch_type.upper()],
            propagate_tags=True,
            container_properties=json.dumps(container),
            timeout=BatchJobDefinitionTimeout(attempt_duration_seconds=_HOURS * 3600),
            # Every step is idempotent.
            retry_strategy=retries_after_reclaim(self._compute.operations_pool.launch_type),
        )

    def _release_role(self, boundary: PermissionsBoundary, releasers: tuple[str, ...]) -> Role:
        role = Role(
            self,
            "release",
            names=self._names,
            name="release",
            trust=trust_of_principals(releasers, names=self._names),
            boundary=boundary,
        )
        if trusts_account(releasers):
            waive(
                role.resource,
                "CKV_AWS_61",
                owner="ml-platform",
                reason="Of this account, only principals that an administrator grants sts:AssumeRole on this role, "
                "or that match a pattern in access.releasers, by a condition; no other account and no "
                "service can assume it, and a permissions boundary limits the session",
                expires=date(2027, 11, 30),
            )
        return role

    def grant_submitting(
        self,
        *,
        artifacts: Artifacts,
        registry: ModelRegistry,
        metadata: MetadataDatabase,
        encryption: Encryption,
        deploy: Role,
    ) -> None:
        """Let the job submit models here, and `release` and `ci-deploy` start it."""
        artifacts.grant_read(self.role, prefix=artifacts.experiments_prefix)
        artifacts.grant_write(self.role, prefix=artifacts.experiments_prefix)
        registry.grant_read(self.role)
        registry.grant_submit(self.role)
        registry.grant_promote(self.role)
        metadata.grant_connect(self.role, user="reader")
        metadata.grant_connect(self.role, user="writer")
        grant_read_manifest(self.role, names=self._names, encryption=encryption)
        for starter in (self.release, deploy):
            self.grant_start(starter)
        grant_read_manifest(self.release, names=self._names, encryption=encryption)
