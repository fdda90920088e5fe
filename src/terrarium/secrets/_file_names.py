"""Names of files that hold credentials by the convention of some tool."""

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

__all__ = ["is_secret_file"]

# Where each name is documented: dotenv (.env*), direnv (.envrc), ssh-keygen(1) (id_*), OpenSSL (*.pem, *.key),
# PKCS #12 (*.p12, *.pfx), keytool (*.jks, *.keystore), PuTTY (*.ppk), KeePass (*.kdbx), ftp(1) and curl (.netrc), npm
# (.npmrc), PyPI (.pypirc), libpq (.pgpass), MySQL (.my.cnf), gitcredentials(7) (.git-credentials), htpasswd(1),
# Streamlit (secrets.toml), AWS CLI (credentials), Google Cloud (application_default_credentials.json, service accounts,
# client secrets), kubectl (kubeconfig), Docker (config.json, .dockercfg), Vault (.vault-token), Terraform (state and
# variables), Databricks CLI (.databrickscfg), Kaggle API (kaggle.json), R (.Renviron).
_NAMES: Final = (
    *(".env", ".env.*", "*.env", ".envrc", ".renviron"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.ppk", "*.kdbx"),
    *(".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", ".my.cnf", ".git-credentials", ".htpasswd"),
    *("secrets.toml", "secrets.yaml", "secrets.yml", "secrets.json", "secret.*"),
    *("credentials", "credentials.*", "application_default_credentials.json", "client_secret*.json"),
    *("service-account*.json", "service_account*.json", "serviceaccount*.json", "kaggle.json"),
    *("kubeconfig", "*.kubeconfig", ".dockercfg", ".vault-token", ".databrickscfg"),
    *("*.tfstate", "*.tfstate.backup", "*.tfvars", "*.tfvars.json"),
)
# Named as such by what they are in: `.kube/config` is no other `config`.
_PATHS: Final = ("*.kube/config", "*.aws/config", "*.docker/config.json")
# Templates for others to fill in, and the code of a module that is called like that.
_HARMLESS: Final = ("*.example", "*.sample", "*.template", "*.dist", "*.pub", "*.py", "*.md")


def is_secret_file(path: str) -> bool:
    """Return whether a file, by its path in a checkout, is one that tools keep credentials in."""
    lower = path.lower()
    name = PurePosixPath(lower).name
    if any(fnmatchcase(name, pattern) for pattern in _HARMLESS):
        return False
    return any(fnmatchcase(name, pattern) for pattern in _NAMES) or any(
        fnmatchcase(lower, pattern) for pattern in _PATHS
    )
