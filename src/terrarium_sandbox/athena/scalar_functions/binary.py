"""Encodings of bytes, numbers and texts."""

import base64
import binascii
import struct

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction, fail

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"


def _from_big_endian(value: bytes, size: int) -> int:
    _check_size(value, size, f"from_big_endian_{size * 8}")
    return int.from_bytes(value, "big", signed=True)


def _to_big_endian(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big", signed=True)


def _from_ieee754(value: bytes, size: int) -> float:
    _check_size(value, size, f"from_ieee754_{size * 8}")
    return float(struct.unpack(">f" if size == 4 else ">d", value)[0])


def _to_ieee754(value: float, size: int) -> bytes:
    return struct.pack(">f" if size == 4 else ">d", value)


def _check_size(value: bytes, size: int, name: str) -> None:
    if len(value) != size:
        fail(_ARGUMENT, f"expected {size}-byte input to {name}, but got instead: {len(value)}")


def _from_hex(text: str) -> bytes:
    try:
        return binascii.unhexlify(text)
    except (binascii.Error, ValueError) as error:
        fail(_ARGUMENT, f"{error}: {text}")


def _from_base64(text: str) -> bytes:
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        fail(_ARGUMENT, str(error))


def _from_base32(text: str) -> bytes:
    plain = text.rstrip("=")
    try:
        return base64.b32decode(plain + "=" * (-len(plain) % 8))
    except (binascii.Error, ValueError) as error:
        fail(_ARGUMENT, str(error))


def _from_utf8_replacing(value: bytes, replacement: str) -> str:
    if len(replacement) > 1:
        fail(_ARGUMENT, "Replacement character string must be empty or a single character")
    return value.decode("utf-8", errors="replace").replace("\ufffd", replacement)


def _substr(value: bytes, start: int, size: int) -> bytes:
    if start == 0 or size <= 0 or -start > len(value):
        return b""
    begin = start - 1 if start > 0 else len(value) + start
    return value[begin : begin + size]


def _padding(value: bytes, size: int, filler: bytes) -> bytes:
    if not filler:
        fail(_ARGUMENT, "Padding bytes must not be empty")
    if size < 0:
        fail(_ARGUMENT, "Target length must be in the range [0..2147483647]")
    missing = max(size - len(value), 0)
    return (filler * (missing // len(filler) + 1))[:missing]


FUNCTIONS = {
    "from_base32": ScalarFunction(_from_base32, ("VARCHAR",), "BLOB"),
    "from_base64": ScalarFunction(_from_base64, ("VARCHAR",), "BLOB"),
    "from_big_endian": ScalarFunction(_from_big_endian, ("BLOB", "BIGINT"), "BIGINT"),
    "from_hex": ScalarFunction(_from_hex, ("VARCHAR",), "BLOB"),
    "from_ieee754": ScalarFunction(_from_ieee754, ("BLOB", "BIGINT"), "DOUBLE"),
    "from_utf8": ScalarFunction(lambda value: value.decode("utf-8", errors="replace"), ("BLOB",), "VARCHAR"),
    "from_utf8_replacing": ScalarFunction(_from_utf8_replacing, ("BLOB", "VARCHAR"), "VARCHAR"),
    "lpad_bytes": ScalarFunction(
        lambda value, size, filler: _padding(value, size, filler) + value[: max(size, 0)],
        ("BLOB", "BIGINT", "BLOB"),
        "BLOB",
    ),
    "reverse_bytes": ScalarFunction(lambda value: value[::-1], ("BLOB",), "BLOB"),
    "rpad_bytes": ScalarFunction(
        lambda value, size, filler: value[: max(size, 0)] + _padding(value, size, filler),
        ("BLOB", "BIGINT", "BLOB"),
        "BLOB",
    ),
    "substr_bytes": ScalarFunction(_substr, ("BLOB", "BIGINT", "BIGINT"), "BLOB"),
    "to_base32": ScalarFunction(lambda value: base64.b32encode(value).decode(), ("BLOB",), "VARCHAR"),
    "to_base64url": ScalarFunction(
        lambda value: base64.urlsafe_b64encode(value).decode(), ("BLOB",), "VARCHAR"
    ),
    "to_big_endian": ScalarFunction(_to_big_endian, ("BIGINT", "BIGINT"), "BLOB"),
    "to_ieee754": ScalarFunction(_to_ieee754, ("DOUBLE", "BIGINT"), "BLOB"),
}
