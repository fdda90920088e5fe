"""Secret of the master user that RDS manages."""

import json
import secrets
import string
from collections.abc import Callable
from typing import Any

from moto.rds.models import MasterUserSecret
from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from terrarium.errors import Error
from terrarium_sandbox.patches import wrap
from terrarium_sandbox.postgres.roles import MasterUser

__all__ = ["generate_password", "install_master_secret", "read_master_secret"]

_PASSWORD_LENGTH = 28
_PASSWORD_CHARACTERS = string.ascii_letters + string.digits + "!#$%&()*+,-.:<=>?[]^_{|}~"


def generate_password() -> str:
    """Generate a password as RDS does: printable, without the characters that it refuses (/ @ " ')."""
    return "".join(secrets.choice(_PASSWORD_CHARACTERS) for _ in range(_PASSWORD_LENGTH))


def read_master_secret(secret: FakeSecret) -> MasterUser:
    """Return the master user of the current version of a managed secret."""
    credentials = json.loads(secret.versions[str(secret.default_version_id)]["secret_string"])
    return MasterUser(credentials["username"], credentials["password"])


def install_master_secret(change_password: Callable[[FakeSecret, str], None]) -> None:
    """Write credentials to the secret, and rotate them with the database.

    Args:
        change_password: Sets the master password of the database whose secret this is.
    """

    @wrap(
        MasterUserSecret,
        "_generate_secret_string",
        reason="moto writes the same made-up credentials into every secret.",
    )
    def generate(_: Any, managed: MasterUserSecret) -> str:
        return json.dumps({"username": managed.resource.master_username, "password": generate_password()})

    @wrap(
        SecretsManagerBackend,
        "rotate_secret",
        reason="moto's rotation creates a version without a value; RDS also changes the password of the database.",
    )
    def rotate(
        original: Any, backend: SecretsManagerBackend, secret_id: str, *arguments: Any, **keywords: Any
    ) -> Any:
        secret = backend.secrets.get(secret_id)
        if not isinstance(secret, FakeSecret) or secret.owning_service != "rds" or secret.is_deleted():
            return original(backend, secret_id, *arguments, **keywords)
        master = read_master_secret(secret)
        password = generate_password()
        try:
            change_password(secret, password)
        except Error as error:
            raise InvalidRequestException(str(error)) from error
        answer = original(backend, secret_id, *arguments, **keywords)
        # Without a Lambda function, moto creates a current version without a value.
        value = json.dumps({"username": master.name, "password": password})
        secret.versions[str(secret.default_version_id)]["secret_string"] = value
        secret.secret_string = value
        return answer
