"""Repositories of container images: tags are immutable, every push is scanned, only untagged images expire."""

import json
import re
from datetime import date

from cdktf_cdktf_provider_aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from cdktf_cdktf_provider_aws.ecr_repository import (
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
)
from constructs import Construct

from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Limit, Names
from modules.waivers import waive
from terrarium.errors import Error

__all__ = ["ImageRepository"]


class ImageRepository(Construct):
    """An ECR repository.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        names: The names of the environment's resources.
        name: The last part of its physical name.
        protected: Whether Terraform refuses to destroy it while it contains images.
        encryption: The key that encrypts its images.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        name: str,
        protected: bool,
        encryption: Encryption,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._names = names
        physical = names.physical(name, limit=Limit.ECR_REPOSITORY)
        self._name = f"{names.account}.dkr.ecr.{names.region}.{names.dns_suffix}/{physical}"
        self.resource = EcrRepository(
            self,
            "repository",
            name=physical,
            image_tag_mutability="IMMUTABLE",
            force_delete=not protected,
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[
                EcrRepositoryEncryptionConfiguration(encryption_type="KMS", kms_key=encryption.key_arn)
            ],
        )
        EcrLifecyclePolicy(
            self, "lifecycle", repository=self.resource.name, policy=json.dumps({"rules": [_EXPIRE_UNTAGGED]})
        )

    @property
    def url(self) -> str:
        """The address to push to and to pull from, without a tag."""
        return self.resource.repository_url

    def grant_pull(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` pull images."""
        waive(
            role.resource,
            "credentials-exposure",
            owner="ml-platform",
            reason="The login of ECR has no resource and gives no access by itself: IAM decides about each pull, by "
            "repository",
            expires=date(2027, 11, 30),
        )
        return role.allow(
            f"{self._id}-pull",
            _LOG_IN,
            _pull("Pull", self.resource.arn),
        )

    def reference(self, image: str) -> str:
        """Return the reference by which containers pull an image.

        Args:
            image: A tag of this repository, or an image of another repository with its digest.

        Raises:
            Error: The image is of this repository, with its digest; it expires when its tag is deleted.
        """
        if "@" not in image:
            return f"{self.url}:{image}"
        if image.startswith(f"{self._name}@"):
            raise Error(
                f"compute.images names {image}, an image of the environment's own repository, by its digest",
                remedy="use its tag: tags of this repository are immutable, and images without a tag expire",
            )
        return image

    def grant_pull_others(self, role: Role, *, images: tuple[str, ...]) -> tuple[Statement, ...]:
        """Let `role` pull images of other private repositories. Repositories of other accounts must allow it, too.

        Args:
            role: The role.
            images: The images of the section `compute`. Public images and those of this repository need no grant.
        """
        private = [found for image in images if (found := _PRIVATE.match(image))]
        arns = {
            self._names.foreign_arn(
                "ecr", found["region"], found["account"], f"repository/{found['repository']}"
            )
            for found in private
        }
        if not arns:
            return ()
        return role.allow(f"{self.node.id}-pull-others", _pull("PullOthers", *sorted(arns)))

    def grant_push(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` push images. Pulling them needs `grant_pull`."""
        return role.allow(
            f"{self._id}-push",
            Statement(
                sid="Push",
                actions=(
                    "ecr:CompleteLayerUpload",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ),
                resources=(self.resource.arn,),
            ),
        )


# ECR's login is per account: the action takes no resource.
_LOG_IN = Statement(sid="LogIn", actions=("ecr:GetAuthorizationToken",), resources=("*",))

_PRIVATE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^@:]+)"
)


def _pull(sid: str, *repository_arns: str) -> Statement:
    return Statement(
        sid=sid,
        actions=(
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:DescribeImages",
            "ecr:GetDownloadUrlForLayer",
        ),
        resources=repository_arns,
    )


# A tagged image never expires: job definitions and records of runs refer to images. Tags are immutable, so that an
# image has no tag only if somebody deleted it or pushed the image without one.
_EXPIRE_UNTAGGED = {
    "rulePriority": 1,
    "description": "Untagged images after 14 days",
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 14,
    },
    "action": {"type": "expire"},
}
