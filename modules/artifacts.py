"""The bucket of artifacts: what runs leave behind."""

from constructs import Construct

from environments import Environment
from modules.bucket import Bucket
from modules.encryption import Encryption

__all__ = ["Artifacts"]


class Artifacts(Bucket):
    """The artifact bucket and the prefixes in it.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
        encryption: The key that encrypts its objects.
        notifies: Whether it tells EventBridge of what arrives.
    """

    experiments_prefix = "experiments/"
    artifacts_prefix = "artifacts/"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        encryption: Encryption,
        notifies: bool,
    ) -> None:
        super().__init__(
            scope,
            id,
            config=config,
            name="artifacts",
            protected=config.artifacts.protected,
            noncurrent_version_days=config.artifacts.noncurrent_version_days,
            # What `lab.artifacts` keeps is referred to by version: none of those may end by itself.
            noncurrent_prefix=self.experiments_prefix,
            encryption=encryption,
            notifies=notifies,
        )
