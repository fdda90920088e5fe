"""Verification of the database server's certificate.

`rds_ca_bundle.pem` holds the certificate authorities of Amazon RDS for all commercial regions (Amazon RDS User Guide,
"Using SSL/TLS to encrypt a connection to a DB instance or cluster"), without those that have expired. Provenance and
expiry: `docs/decisions/0269-verify-the-database-certificate.md`.
"""

import datetime
import os
import ssl
from pathlib import Path

from terrarium.errors import Error

__all__ = ["SSL_MODE_VARIABLE", "bundle_expiry", "certificate_options"]

SSL_MODE_VARIABLE = "TERRARIUM_DATABASE_SSLMODE"
_BUNDLE = Path(__file__).with_name("rds_ca_bundle.pem")
_ROOTS_VARIABLE = "PGSSLROOTCERT"  # of libpq
# The modes of libpq that encrypt. `require` verifies nothing.
_MODES = ("verify-full", "verify-ca", "require")


def certificate_options() -> dict[str, str]:
    """Return libpq's options. Authority and host name are verified, unless an environment variable sets another mode.

    Raises:
        Error: The variable is not a mode that encrypts.
    """
    mode = os.environ.get(SSL_MODE_VARIABLE) or "verify-full"
    if mode not in _MODES:
        raise Error(
            f"{SSL_MODE_VARIABLE} is {mode!r}, which is not a valid mode",
            remedy=f"unset it, or set it to one of {', '.join(_MODES)}; `require` does not verify the certificate",
        )
    if mode == "require":
        return {"sslmode": mode}
    return {"sslmode": mode, "sslrootcert": os.environ.get(_ROOTS_VARIABLE) or str(_BUNDLE)}


def bundle_expiry() -> datetime.datetime:
    """Return the earliest expiry of an authority in the bundle."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(_BUNDLE)
    seconds = min(ssl.cert_time_to_seconds(str(one["notAfter"])) for one in context.get_ca_certs())
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
