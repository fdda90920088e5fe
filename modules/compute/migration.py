"""The Batch job that migrates the database's users and schema, inside the network."""

import json

from cdktf_cdktf_provider_aws.batch_job_definition import (
    BatchJobDefinition,
    BatchJobDefinitionRetryStrategy,
    BatchJobDefinitionTimeout,
)
from constructs import Construct

from modules.compute.job_definition import PRIORITY
from modules.compute.training_compute import TrainingCompute
from modules.encryption import Encryption
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.iam.trust import trust_of_services
from modules.manifest import grant_read_manifest
from modules.metadata_database import MetadataDatabase
from modules.names import Limit, Names

__all__ = ["Migration"]

_MINUTES = 30


class Migration(Construct):
    """The job definition of `terrarium migrate`, and its role, the only one that may migrate.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        names: The names of the environment's resources.
        metadata: The database to migrate.
        encryption: The key of the database's master secret.
        compute: The compute and the image that the job runs in.
        boundary: The permissions boundary of its role.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        metadata: MetadataDatabase,
        encryption: Encryption,
        compute: TrainingCompute,
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        self.role = Role(
            self,
            "role",
            names=names,
            name="migration",
            trust=trust_of_services("ecs-tasks.amazonaws.com", names=names),
            boundary=boundary,
        )
        metadata.grant_connect(self.role, user="owner")
        metadata.grant_read_master_secret(self.role)
        grant_read_manifest(self.role, names=names, encryption=encryption)
        container = compute.container(
            command=["terrarium", "migrate", names.environment],
            job_role=self.role,
            vcpus=1,
            memory_mib=2048,
            loads_models=False,
            pool=compute.operations_pool,
        )
        self.resource = BatchJobDefinition(
            self,
            "job-definition",
            name=names.physical("migration", limit=Limit.BATCH),
            type="container",
            deregister_on_new_revision=True,  # the default: an import contains only stated arguments
            platform_capabilities=[compute.operations_pool.launch_type.upper()],
            propagate_tags=True,
            scheduling_priority=PRIORITY,
            container_properties=json.dumps(container),
            timeout=BatchJobDefinitionTimeout(attempt_duration_seconds=_MINUTES * 60),
            retry_strategy=BatchJobDefinitionRetryStrategy(attempts=1),
        )
        self._compute = compute

    def grant_run(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` submit the migration and describe it."""
        return self._compute.grant_run(role, job="migration")
