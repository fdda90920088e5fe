"""botocore session of an assumed role, whose credentials botocore renews before they expire."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import botocore.session
    from botocore.credentials import RefreshableCredentials

__all__ = ["assumed_role_session"]

_METHOD = "terrarium-assume-role"  # what botocore calls the origin of the credentials


def assumed_role_session(assume: Callable[[], dict[str, str]]) -> "botocore.session.Session":
    """Return a session with these credentials and no others.

    Args:
        assume: Assumes the role. Called at once, so that a refusal is raised here, and again before each expiry.
            Returns botocore's credential metadata: `access_key`, `secret_key`, `token`, `expiry_time` (ISO 8601).
    """
    import botocore.session
    from botocore.credentials import CredentialProvider, CredentialResolver, RefreshableCredentials

    credentials: RefreshableCredentials = RefreshableCredentials.create_from_metadata(
        metadata=assume(), refresh_using=assume, method=_METHOD
    )

    class AssumedRole(CredentialProvider):
        METHOD = _METHOD

        def load(self) -> "RefreshableCredentials":
            return credentials

    session = botocore.session.Session()
    # The only provider: the variables and profiles of this process are those of the principal that assumes the role.
    session.register_component("credential_provider", CredentialResolver([AssumedRole()]))
    return session
