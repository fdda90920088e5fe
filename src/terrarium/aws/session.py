"""AWS clients: of boto3's default session, so that MLflow's own S3 client is the same identity, or of another."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from terrarium.arguments import checked_methods
from terrarium.aws.errors import translate_errors
from terrarium.errors import ArgumentError, OtherSessionError
from terrarium.plain_text import shown

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from botocore.credentials import ReadOnlyCredentials

__all__ = ["Session"]


@checked_methods
class Session:
    """Makes each AWS client once, when it is first asked for.

    Credentials, region, profile and endpoint are found as boto3 finds them. Safe to share between threads.

    Args:
        source: Whose credentials, region and profile; omitted, those of boto3's default session.
    """

    def __init__(self, source: "boto3.Session | None" = None) -> None:
        self._source = source
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()  # a session of boto3's must not make two clients at a time

    @property
    def is_default(self) -> bool:
        """Whether it is boto3's default session, which MLflow uses too."""
        return self._source is None

    def check_default(self) -> None:
        """Refuse what only boto3's default session can do.

        Raises:
            OtherSessionError: It is another.
        """
        if not self.is_default:
            raise OtherSessionError(
                "this lab was connected with a session of its own, and MLflow, which keeps runs, only knows boto3's "
                "default session",
                remedy="connect without `session` in a process that has the right credentials (AWS_PROFILE, "
                "boto3.setup_default_session)",
            )

    def client(self, service: str) -> Any:
        """The boto3 client of `service`."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make_client(service)
            return self._clients[service]

    def credentials(self) -> "ReadOnlyCredentials":
        """The credentials of this moment, renewed if they can be: for engines that speak to AWS by themselves.

        Raises:
            botocore.exceptions.NoCredentialsError: There are none.
        """
        import boto3
        from botocore.exceptions import NoCredentialsError

        with self._lock:
            if self._source is None and boto3.DEFAULT_SESSION is None:
                boto3.setup_default_session()
            session = self._source or boto3.DEFAULT_SESSION
        credentials = session.get_credentials() if session else None
        if credentials is None:
            raise NoCredentialsError
        return credentials.get_frozen_credentials()

    @cached_property
    def caller(self) -> str:
        """The ARN of who we are.

        Raises:
            CredentialsNotFoundError: Nobody; likewise the other errors of credentials.
        """
        with translate_errors("ask who we are"):
            return str(self.client("sts").get_caller_identity()["Arn"])

    @cached_property
    def caller_id(self) -> str:
        """The unique id of the caller, as IAM's policy variable `aws:userid` has it.

        Of a role's session it is `<role id>:<session name>`. Source: IAM User Guide, "IAM policy elements: Variables
        and tags", table "Principal key values".

        Raises:
            CredentialsNotFoundError: There are no credentials; likewise the other errors of credentials.
        """
        with translate_errors("ask who we are"):
            return str(self.client("sts").get_caller_identity()["UserId"])

    def assume_role(
        self, role_arn: str, *, name: str, region: str | None = None, seconds: int = 3600
    ) -> Self:
        """Return a session of another role, whose credentials are renewed for as long as this session's are valid.

        Args:
            role_arn: The role, of any account.
            name: Name of the session in audit trails.
            region: Region of the new session. Default: the region of this session.
            seconds: Lifetime of each set of credentials. At most 3600 where this session is itself that of an assumed
                role (AWS IAM User Guide, "Role chaining").

        Raises:
            AccessDeniedError: The role does not trust this session's principal, or the principal may not assume it.
        """
        import boto3

        from terrarium.aws.assumed_role import assumed_role_session

        sts = self.client("sts")

        def assume() -> dict[str, str]:
            with translate_errors(f"assume the role {role_arn}"):
                answer = sts.assume_role(RoleArn=role_arn, RoleSessionName=name, DurationSeconds=seconds)
            given = answer["Credentials"]
            return {
                "access_key": given["AccessKeyId"],
                "secret_key": given["SecretAccessKey"],
                "token": given["SessionToken"],
                "expiry_time": given["Expiration"].isoformat(),
            }

        botocore_session = assumed_role_session(assume)
        return type(self)(
            boto3.Session(botocore_session=botocore_session, region_name=region or sts.meta.region_name)
        )

    def _make_client(self, service: str) -> Any:
        import boto3
        from botocore.exceptions import UnknownServiceError

        # The string is typed as any service's name; types-boto3 lists only those whose stubs are installed.
        try:
            return (self._source or boto3).client(service, config=_config())  # type: ignore[call-overload]
        except UnknownServiceError as error:
            raise ArgumentError(
                f"boto3 has no service {shown(service)}",
                remedy='name one of boto3.Session().get_available_services(), e.g. lab.session.client("s3")',
            ) from error


def _config() -> "Config":
    from botocore.config import Config

    # That an address does not answer should be said in seconds; by default, botocore takes minutes.
    return Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 4})
