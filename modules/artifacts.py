"""The bucket of artifacts of runs, published code and SDK releases."""

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

    The code that jobs, notebooks and pipelines execute has prefixes of its own: `published_prefix` and `SDK_PREFIX`. Of
    the platform's roles only the publisher may write there. The bucket policy enforces this, so that a later grant to
    another role cannot open these prefixes.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `artifacts` of the environment's file.
        names: The names of the environment's resources.
        encryption: The key that encrypts its objects.
        publisher: The role that publishes code and the SDK.
        notifies: Whether S3 sends events about its objects to EventBridge.
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
            # References of `lab.artifacts` contain object versions: none of these versions may expire.
            noncurrent_prefix=self.experiments_prefix,
            encryption=encryption,
            policy=(_only_publishers_publish(config.publishers, publisher, names),),
            notifies=notifies,
        )


def _only_publishers_publish(publishers: tuple[Principal, ...], publisher: Role, names: Names) -> Statement:
    """Return the statement that denies all other principals to put or delete published objects.

    Without `artifacts.publishers` it concerns the roles of all environments in the account. It does not deny
    administrators, who make the first deployment and could change this policy anyway.
    """
    bucket = names.bucket_arn(names.bucket("artifacts"))
    everybody_else = {"ArnNotLike": {"aws:PrincipalArn": (publisher.arn, *publishers)}}
    platform = {"ArnLike": {"aws:PrincipalArn": names.identity("role", f"{names.prefix}-*")}}
    return Statement(
        sid="OnlyPublishersPublish",
        effect="Deny",
        principals="*",
        # All actions that change the content of an object or of a version (Service Authorization Reference, Amazon S3).
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
