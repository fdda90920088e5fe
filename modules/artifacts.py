"""The bucket of artifacts: what runs leave behind."""

from constructs import Construct

from environments.sections.access import Principal
from environments.sections.artifacts import Artifacts as ArtifactsConfig
from modules.bucket import Bucket
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Names
from modules.sdk_release import SDK_PREFIX
from terrarium.manifest import PUBLISHED_PREFIX

__all__ = ["Artifacts"]


class Artifacts(Bucket):
    """The artifact bucket and the prefixes in it.

    What jobs, notebooks and pipelines execute lies in prefixes of its own: `published_prefix` and `SDK_PREFIX`. Of all
    roles of the platform only the publisher writes there. The policy of the bucket says so, so that no later grant to
    another role opens them.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `artifacts` of the environment's file.
        names: The names of the environment's resources.
        encryption: The key that encrypts its objects.
        publisher: The role that publishes code and the SDK.
        notifies: Whether it tells EventBridge of what arrives.
    """

    experiments_prefix = "experiments/"
    artifacts_prefix = "artifacts/"
    published_prefix = PUBLISHED_PREFIX

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ArtifactsConfig,
        names: Names,
        encryption: Encryption,
        publisher: Role,
        notifies: bool,
    ) -> None:
        super().__init__(
            scope,
            id,
            names=names,
            name="artifacts",
            protected=config.protected,
            noncurrent_version_days=config.noncurrent_version_days,
            # What `lab.artifacts` keeps is referred to by version: none of those may end by itself.
            noncurrent_prefix=self.experiments_prefix,
            encryption=encryption,
            policy=(_only_publishers_publish(config.publishers, publisher, names),),
            notifies=notifies,
        )


def _only_publishers_publish(publishers: tuple[Principal, ...], publisher: Role, names: Names) -> Statement:
    """Deny everybody else to put or delete what is published, whatever their own policies allow.

    Without `artifacts.publishers` the statement names the roles of all environments in the account: an administrator,
    who could change this policy, makes the first deployment.
    """
    bucket = f"arn:aws:s3:::{names.bucket('artifacts')}"
    everybody_else = {"ArnNotLike": {"aws:PrincipalArn": (publisher.arn, *publishers)}}
    platform = {"ArnLike": {"aws:PrincipalArn": names.arn("iam", "role/terrarium-*", regional=False)}}
    return Statement(
        sid="OnlyPublishersPublish",
        effect="Deny",
        principals="*",
        # All that change what an object or a version of it contains (Service Authorization Reference, Amazon S3).
        actions=(
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:PutObject",
            "s3:ReplicateDelete",
            "s3:ReplicateObject",
        ),
        resources=tuple(f"{bucket}/{prefix}*" for prefix in (Artifacts.published_prefix, SDK_PREFIX)),
        conditions=everybody_else if publishers else {**platform, **everybody_else},
    )
