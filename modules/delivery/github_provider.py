"""GitHub's OIDC provider: one per account, created by this stack or already existing."""

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_openid_connect_provider import DataAwsIamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from environments.sections.access import Access as AccessConfig
from modules.names import Names

__all__ = ["AUDIENCE", "ISSUER", "github_provider_arn"]

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


def github_provider_arn(scope: Construct, *, config: AccessConfig, names: Names) -> str:
    """Return a reference to the ARN of GitHub's OIDC provider in the environment's account.

    An account has at most one provider per issuer (`EntityAlreadyExists`, IAM API Reference,
    CreateOpenIDConnectProvider). With `access.github_oidc_provider = "existing"` the stack only reads it.

    Args:
        scope: The construct that the provider, or the data source that reads it, belongs to.
        config: The section `access` of the environment's file.
        names: The names of the environment's resources.
    """
    if config.github_oidc_provider == "create":
        return IamOpenidConnectProvider(
            scope, "github", url=f"https://{ISSUER}", client_id_list=[AUDIENCE]
        ).arn
    existing = DataAwsIamOpenidConnectProvider(
        scope,
        "existing-github",
        # By ARN: finding it by URL needs iam:ListOpenIDConnectProviders on every resource.
        arn=names.arn("iam", f"oidc-provider/{ISSUER}", regional=False),
        lifecycle=TerraformResourceLifecycle(
            postcondition=[
                Postcondition(
                    condition=f'${{contains(self.client_id_list, "{AUDIENCE}")}}',
                    error_message=f"The account's OIDC provider {ISSUER} lacks the audience {AUDIENCE}, which "
                    "GitHub's workflows request. Add it: aws iam add-client-id-to-open-id-connect-provider "
                    f"--client-id {AUDIENCE}",
                )
            ]
        ),
    )
    return existing.arn
