"""AWS clients: of boto3's default session, so that MLflow's own S3 client is the same identity, or of another."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from terrarium.arguments import checked_methods
from terrarium.aws_errors import translate_errors
from terrarium.errors import ArgumentError
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
    def source(self) -> "boto3.Session":
        """The boto3 session that credentials, region and profile come from.

        boto3's default session is looked up once: `boto3.setup_default_session` changes the identity of later sessions,
        never of this one.
        """
        import boto3

        with self._lock:
            if self._source is None:
                if boto3.DEFAULT_SESSION is None:
                    boto3.setup_default_session()
                self._source = boto3.DEFAULT_SESSION
            assert self._source is not None  # noqa: S101 - for the type checker: it was just made
            return self._source

    @property
    def is_default(self) -> bool:
        """True if this is boto3's current default session."""
        import boto3

        return self.source is boto3.DEFAULT_SESSION

    def client(self, service: str) -> Any:
        """Return the boto3 client of `service`."""
        source = self.source
        with self._lock:
            if service not in self._clients:
                self._clients[service] = _make_client(source, service)
            return self._clients[service]

    def credentials(self) -> "ReadOnlyCredentials":
        """Return the current credentials, renewed if possible: for libraries that call AWS themselves.

        Raises:
            botocore.exceptions.NoCredentialsError: There are none.
        """
        from botocore.exceptions import NoCredentialsError

        credentials = self.source.get_credentials()
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

        from terrarium.aws._assumed_role import assumed_role_session

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


def _make_client(source: "boto3.Session", service: str) -> Any:
    from botocore.exceptions import UnknownServiceError

    # The string is typed as any service's name; types-boto3 lists only those whose stubs are installed.
    try:
        return source.client(service, config=_config())  # type: ignore[call-overload]
    except UnknownServiceError as error:
        raise ArgumentError(
            f"boto3 has no service {shown(service)}",
            remedy='name one of boto3.Session().get_available_services(), e.g. lab.session.client("s3")',
        ) from error


def _config() -> "Config":
    from botocore.config import Config

    # That an address does not answer should be said in seconds; by default, botocore takes minutes.
    return Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 4})
