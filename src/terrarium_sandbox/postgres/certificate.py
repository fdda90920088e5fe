"""The sandbox's certificate authority, and the server certificate of its databases."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from terrarium.io.atomic_write import atomic_write

__all__ = ["ServerCertificate", "make_certificate"]

# Longer than the life of any sandbox, since nothing renews the certificate.
_LIFETIME = datetime.timedelta(days=365 * 20)


@dataclass(frozen=True)
class ServerCertificate:
    """The files of a server certificate.

    Attributes:
        authority_file: The authority's certificate, for clients: PGSSLROOTCERT for sslmode=verify-full.
        server_file: The certificate and private key of the servers.
    """

    authority_file: Path
    server_file: Path


def make_certificate(folder: Path) -> ServerCertificate:
    """Return the certificate in `folder`, created if missing. It is valid for 127.0.0.1, ::1 and localhost."""
    made = ServerCertificate(folder / "authority.pem", folder / "server.pem")
    if made.authority_file.exists() and made.server_file.exists():
        return made
    authority_key, server_key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    authority_name = _name("Terrarium sandbox certificate authority")
    authority = (
        _builder(subject=authority_name, issuer=authority_name, public_key=authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    addresses = [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    server = (
        _builder(subject=_name("localhost"), issuer=authority_name, public_key=server_key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses]), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    # The authority's key is not stored, so nothing else can be signed with it.
    with atomic_write(made.server_file) as file:
        file.write(server.public_bytes(Encoding.PEM))
        file.write(server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with atomic_write(made.authority_file) as file:
        file.write(authority.public_bytes(Encoding.PEM))
    return made


def _builder(
    *, subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
