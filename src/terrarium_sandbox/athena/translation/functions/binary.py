"""Translations of binary functions (Trino documentation, "Binary functions and operators")."""

from terrarium_sandbox.athena.translation.call import sql

__all__ = ["FUNCTIONS"]

_DIGESTS = ("md5", "sha1", "sha256", "sha512")

FUNCTIONS = {
    **{name: sql(f"trino_digest('{name}', {{a}})") for name in _DIGESTS},
    **{f"hmac_{name}": sql(f"trino_hmac('{name}', {{a}}, {{b}})") for name in _DIGESTS},
    "crc32": sql("trino_crc32({a})"),
    "from_base32": sql("trino_from_base32({a})"),
    "from_base64": sql("trino_from_base64({a})"),
    "from_base64url": sql("trino_from_base64({a})"),
    "from_big_endian_32": sql("CAST(trino_from_big_endian({a}, 4) AS INTEGER)"),
    "from_big_endian_64": sql("trino_from_big_endian({a}, 8)"),
    "from_hex": sql("trino_from_hex({a})"),
    "from_ieee754_32": sql("CAST(trino_from_ieee754({a}, 4) AS FLOAT)"),
    "from_ieee754_64": sql("trino_from_ieee754({a}, 8)"),
    "from_utf8": sql("trino_from_utf8({a})", "trino_from_utf8_replacing({a}, {b})"),
    "murmur3": sql("trino_murmur3({a})"),
    "to_base32": sql("trino_to_base32({a})"),
    "to_base64": sql("base64({a})"),
    "to_base64url": sql("trino_to_base64url({a})"),
    "to_big_endian_32": sql("trino_to_big_endian(CAST({a} AS INTEGER), 4)"),
    "to_big_endian_64": sql("trino_to_big_endian(CAST({a} AS BIGINT), 8)"),
    "to_hex": sql("upper(hex({a}))"),
    "to_ieee754_32": sql("trino_to_ieee754({a}, 4)"),
    "to_ieee754_64": sql("trino_to_ieee754({a}, 8)"),
    "to_utf8": sql("encode({a})"),
    "xxhash64": sql("trino_xxhash64({a})"),
}
