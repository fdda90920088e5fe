"""Grants to write attestations in the registry's bucket, each in the name of the caller's session."""

from typing import Literal, TypeAlias

from modules.bucket import Bucket
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from terrarium.manifest import ATTESTATIONS_PREFIX

__all__ = ["Attestations", "Kind"]

Kind: TypeAlias = Literal["aliases", "approvals", "promotions", "submissions"]

# `aws:userid` of a role's session is `<role id>:<session name>`, without a slash: a key that ends with it can be
# written only by this role with this session name. Source: IAM User Guide, "IAM policy elements:
# Variables and tags", table "Principal key values". The `$` is doubled: Terraform would evaluate `${`.
_OWN_SESSION = "$${aws:userid}"


class Attestations:
    """The attestations in the registry's bucket.

    Args:
        bucket: The bucket.
        encryption: The key that encrypts it.
    """

    prefix = ATTESTATIONS_PREFIX

    def __init__(self, bucket: Bucket, *, encryption: Encryption) -> None:
        self._bucket = bucket
        self._encryption = encryption

    def grant_read(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` read all attestations."""
        return self._bucket.grant_read(role, prefix=self.prefix)

    def grant_attest(self, role: Role, *kinds: Kind) -> tuple[Statement, ...]:
        """Let `role` write attestations of these kinds under keys that end with the id of its own session.

        No grant allows deleting attestations.
        """
        return role.allow(
            f"attest-{'-'.join(kinds)}",
            Statement(
                sid="Attest",
                actions=("s3:PutObject",),
                resources=tuple(f"{self._bucket.arn}/{self.prefix}{kind}/*/{_OWN_SESSION}" for kind in kinds),
            ),
            self._encryption.encrypt_statement("s3"),
        )
