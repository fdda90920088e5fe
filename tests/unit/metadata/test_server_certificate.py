"""The shipped authorities are those of Amazon RDS, and connections verify by them."""

import datetime
import hashlib
import ssl
import warnings
from pathlib import Path
from typing import Any

import pytest

from terrarium.errors import Error
from terrarium.metadata.server_certificate import SSL_MODE_VARIABLE, bundle_expiry, certificate_options

# Source: AWS CLI Command Reference, rds describe-certificates, example (us-west-2): SHA-1 of the certificate.
PUBLISHED = {
    "rds-ca-rsa2048-g1": "7c40cb42714b6fdb2b296f9bbd0e8bb364436a76",
    "rds-ca-rsa4096-g1": "19da4f2af579a8ae1f6a0fa77aa5befd874b4cab",
    "rds-ca-ecc384-g1": "2ee3dcc06e50192559b13929e73484354f23387d",
}
# Time to update the bundle, release, and have everybody install it.
_NOTICE = datetime.timedelta(days=2 * 365)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that changes what is trusted."""
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    monkeypatch.delenv(SSL_MODE_VARIABLE, raising=False)


def _authorities() -> list[bytes]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificate_options()["sslrootcert"])
    return context.get_ca_certs(binary_form=True)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_bundle_has_the_published_certificates(name: str) -> None:
    fingerprints = {hashlib.sha1(one, usedforsecurity=False).hexdigest() for one in _authorities()}
    assert PUBLISHED[name] in fingerprints


def test_every_authority_is_one_of_amazon_rds() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificate_options()["sslrootcert"])
    found: list[Any] = list(context.get_ca_certs())
    assert len(found) == 81  # three of each of 27 regions
    for authority in found:
        subject = {name: value for ((name, value),) in authority["subject"]}
        assert subject["organizationalUnitName"] == "Amazon RDS"
        assert authority["subject"] == authority["issuer"]


def test_the_bundle_is_renewed_before_it_expires() -> None:
    left = bundle_expiry() - datetime.datetime.now(datetime.UTC)
    if left < 2 * _NOTICE:
        warnings.warn(f"an authority in rds_ca_bundle.pem expires in {left}: renew the file", stacklevel=1)
    assert left > _NOTICE


def test_authority_and_name_are_verified_by_default() -> None:
    options = certificate_options()
    assert options["sslmode"] == "verify-full"
    assert Path(options["sslrootcert"]).name == "rds_ca_bundle.pem"


def test_libpqs_variable_names_other_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLROOTCERT", "/etc/ssl/mine.pem")
    assert certificate_options() == {"sslmode": "verify-full", "sslrootcert": "/etc/ssl/mine.pem"}


@pytest.mark.parametrize("mode", ["disable", "prefer", "verify"])
def test_a_mode_that_may_not_encrypt_is_refused(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv(SSL_MODE_VARIABLE, mode)
    with pytest.raises(Error, match=mode):
        certificate_options()
