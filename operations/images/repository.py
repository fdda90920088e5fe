"""ECR repository for the base images of an environment."""

import base64
from typing import Any

from botocore.exceptions import ClientError

from environments import Environment
from modules.names import Limit, Names
from operations.images.engine import ContainerEngine
from terrarium.errors import Error, NotFoundError

__all__ = ["ImageRepository", "RepositoryNotFoundError"]


class RepositoryNotFoundError(NotFoundError):
    """The environment has no repository yet."""


class ImageRepository:
    """The repository of base images, `<prefix>-<environment>-training`.

    Args:
        ecr: A client with credentials of the environment's account.
        config: The environment.
    """

    def __init__(self, ecr: Any, *, config: Environment) -> None:
        self._ecr = ecr
        self._environment = config.name
        names = Names.of(config)
        self.name = names.physical("training", limit=Limit.ECR_REPOSITORY)
        self.registry = f"{config.account}.dkr.ecr.{config.region}.{names.dns_suffix}"
        self.url = f"{self.registry}/{self.name}"

    def digest_of(self, tag: str) -> str | None:
        """Return the digest of the image with this tag, or None.

        Raises:
            RepositoryNotFoundError: The environment is not deployed.
            Error: The credentials may not read the repository.
        """
        try:
            found = self._ecr.describe_images(repositoryName=self.name, imageIds=[{"imageTag": tag}])
        except self._ecr.exceptions.ImageNotFoundException:
            return None
        except self._ecr.exceptions.RepositoryNotFoundException as error:
            raise RepositoryNotFoundError(
                f"{self._environment} has no image repository {self.name} yet",
                remedy=f"deploy it first: cdktf deploy {self._environment}",
            ) from error
        except ClientError as error:
            raise self._refused(f"look up {tag} in {self.name}", error) from error
        return str(found["imageDetails"][0]["imageDigest"])

    def log_in(self, engine: ContainerEngine) -> None:
        """Log `engine` in with a password from ECR, which is valid for twelve hours.

        Raises:
            Error: The credentials may not get a password.
        """
        try:
            (granted,) = self._ecr.get_authorization_token()["authorizationData"]
        except ClientError as error:
            raise self._refused(f"log in to {self.registry}", error) from error
        user, _, password = base64.b64decode(granted["authorizationToken"]).decode().partition(":")
        engine.log_in(self.registry, user=user, password=password)

    def _refused(self, intent: str, error: ClientError) -> Error:
        return Error(
            f"cannot {intent}: {error}",
            remedy="use credentials of an administrator or of the role ci-deploy",
        )
