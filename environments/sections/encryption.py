"""The section `encryption`."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.access import Principal
from environments.sections.section import Section

__all__ = ["Encryption"]


def _key(arn: str) -> str:
    if ":alias/" in arn or arn.startswith("alias/"):
        raise ValueError(
            "must be the ARN of the key, not of an alias: IAM policies, CloudWatch Logs and S3 accept keys only. "
            "`aws kms describe-key --key-id alias/NAME --query KeyMetadata.Arn` prints it"
        )
    if not re.fullmatch(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})", arn):
        raise ValueError(
            "must be the ARN of a KMS key, such as "
            "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        )
    return arn


class Encryption(Section):
    """The customer-managed KMS key of the environment."""

    protected: Annotated[bool, IN_PLACE]
    """Whether Terraform refuses to destroy the key, and with it everything that the key encrypts. Required to be true
    while another section is protected. Defaults to the tier's value."""

    deletion_window_days: Annotated[int, Field(ge=7, le=30), IN_PLACE]
    """Days between the scheduling of the key's deletion and the deletion, which loses everything that it encrypts.
    Defaults to the tier's value."""

    key_arn: Annotated[
        Annotated[str, AfterValidator(_key)] | None,
        Change(
            effect="refused",
            how="AWS cannot encrypt a database with another key: create another environment, and copy the data.",
        ),
    ] = None
    """The ARN of an existing KMS key that encrypts everything in the environment: the stack creates no key, alias or
    key policy. It is in the account and region of the environment. `terrarium key-policy` prints the statements that
    its policy needs. Defaults to none: the stack creates a key."""

    administrators: Annotated[
        tuple[Principal, ...],
        Change(
            effect="in place", how="One of the administrators deploys: nobody else may change the key policy."
        ),
    ] = ()
    """IAM principals that alone may change the key policy, disable the key and schedule its deletion: ARNs or patterns,
    as `access.scientists`. One of them makes the first deployment. Defaults to every principal of the account that IAM
    policies allow to."""

    @model_validator(mode="after")
    def _check_owner_of_policy(self) -> Self:
        if self.key_arn is not None and self.administrators:
            raise ValueError(
                "encryption.administrators and encryption.key_arn are both set: the policy of an existing key belongs "
                "to its owner. Remove administrators"
            )
        return self
