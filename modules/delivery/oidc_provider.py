"""The OIDC provider of GitHub or GitLab: one per account and issuer, created by this stack or already existing."""

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_openid_connect_provider import DataAwsIamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from environments.sections.access import Access as AccessConfig
from modules.names import Names

__all__ = ["AUDIENCE", "issuer_of", "oidc_provider_arn"]

AUDIENCE = "sts.amazonaws.com"


def issuer_of(config: AccessConfig) -> str:
    """Return the issuer of CI's tokens without `https://`, as it stands in ARNs and condition keys of IAM."""
    return config.issuer.removeprefix("https://")


def oidc_provider_arn(scope: Construct, *, config: AccessConfig, names: Names) -> str:
    """Return a reference to the ARN of the OIDC provider in the environment's account.

    An account has at most one provider per issuer (`EntityAlreadyExists`, IAM API Reference,
    CreateOpenIDConnectProvider). With `access.github_oidc_provider = "existing"` the stack only reads it.

    Args:
        scope: The construct that the provider, or the data source that reads it, belongs to.
        config: The section `access` of the environment's file.
        names: The names of the environment's resources.
    """
    issuer = issuer_of(config)
    if config.github_oidc_provider == "create":
        return IamOpenidConnectProvider(
            scope,
            "github" if config.gitlab_project is None else "gitlab",
            url=f"https://{issuer}",
            client_id_list=[AUDIENCE],
            thumbprint_list=list(config.oidc_thumbprints) or None,
        ).arn
    existing = DataAwsIamOpenidConnectProvider(
        scope,
        "existing-github" if config.gitlab_project is None else "existing-gitlab",
        # By ARN: finding it by URL needs iam:ListOpenIDConnectProviders on every resource.
        arn=names.arn("iam", f"oidc-provider/{issuer}", regional=False),
        lifecycle=TerraformResourceLifecycle(
            postcondition=[
                Postcondition(
                    condition=f'${{contains(self.client_id_list, "{AUDIENCE}")}}',
                    error_message=f"The account's OIDC provider {issuer} lacks the audience {AUDIENCE}, which "
                    "the workflows request. Add it: aws iam add-client-id-to-open-id-connect-provider "
                    f"--client-id {AUDIENCE}",
                )
            ]
        ),
    )
    return existing.arn
