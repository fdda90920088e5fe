"""Clients of boto3's default session, so that MLflow's own S3 client and ours are the same identity."""

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.credentials import ReadOnlyCredentials

__all__ = ["Session"]


class Session:
    """Makes each AWS client once, when it is first asked for.

    Credentials, region, profile and endpoint are found as boto3 finds them. Safe to share between threads.
    """

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()  # boto3's default session must not make two clients at a time

    def client(self, service: str) -> Any:
        """The boto3 client of `service`."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = _make_client(service)
            return self._clients[service]

    def credentials(self) -> "ReadOnlyCredentials":
        """The credentials of this moment, renewed if they can be: for engines that speak to AWS by themselves.

        Raises:
            botocore.exceptions.NoCredentialsError: There are none.
        """
        import boto3
        from botocore.exceptions import NoCredentialsError

        with self._lock:
            if boto3.DEFAULT_SESSION is None:
                boto3.setup_default_session()
            session = boto3.DEFAULT_SESSION
        credentials = session.get_credentials() if session else None
        if credentials is None:
            raise NoCredentialsError
        return credentials.get_frozen_credentials()


def _make_client(service: str) -> Any:
    import boto3

    # The string is typed as any service's name; types-boto3 lists only those whose stubs are installed.
    return boto3.client(service, config=_config())  # type: ignore[call-overload]


def _config() -> "Config":
    from botocore.config import Config

    # That an address does not answer should be said in seconds; by default, botocore takes minutes.
    return Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 4})
