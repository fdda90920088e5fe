"""Secrets in recorded and sent data: found by file name, by pattern, and by the name of a value.

Foundation: all higher layers may import it.
"""

from terrarium.secrets.address import without_credentials
from terrarium.secrets.arguments import redact_arguments
from terrarium.secrets.file_names import is_secret_file
from terrarium.secrets.finding import REDACTED, find_secrets, redact, redact_bytes, redact_values
from terrarium.secrets.patch import secret_reason, without_secret_files
from terrarium.secrets.warning import SecretsLeftOutWarning, warn_left_out

__all__ = [
    "REDACTED",
    "SecretsLeftOutWarning",
    "find_secrets",
    "is_secret_file",
    "redact",
    "redact_arguments",
    "redact_bytes",
    "redact_values",
    "secret_reason",
    "warn_left_out",
    "without_credentials",
    "without_secret_files",
]
