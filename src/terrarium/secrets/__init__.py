"""Secrets in recorded and sent data: found by file name, by pattern, and by the name of a value.

Foundation: all higher layers may import it.
"""

from terrarium.secrets._address import without_credentials
from terrarium.secrets._arguments import redact_arguments
from terrarium.secrets._file_names import is_secret_file
from terrarium.secrets._finding import REDACTED, find_secrets, redact, redact_bytes, redact_values
from terrarium.secrets._patch import secret_reason, without_secret_files
from terrarium.secrets._warning import SecretsLeftOutWarning, warn_left_out

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
