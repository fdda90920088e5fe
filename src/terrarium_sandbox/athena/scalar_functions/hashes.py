"""Hashes: digests, HMAC, CRC-32, xxHash64 and MurmurHash3."""

import hashlib
import hmac
import zlib

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction

__all__ = ["FUNCTIONS"]

_MASK = (1 << 64) - 1
# Constants of xxHash's specification, "XXH64 algorithm description".
_P1, _P2, _P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P4, _P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
_STRIPE = 32
# Constants of MurmurHash3_x64_128.
_C1, _C2 = 0x87C37B91114253D5, 0x4CF5AD432745937F


def _digest(name: str, value: bytes) -> bytes:
    return hashlib.new(name, value, usedforsecurity=False).digest()


def _hmac(name: str, value: bytes, key: bytes) -> bytes:
    return hmac.new(key, value, name).digest()


def _rotated(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _lanes(value: bytes) -> list[int]:
    return [int.from_bytes(value[at : at + 8], "little") for at in range(0, len(value), 8)]


def _round(accumulator: int, lane: int) -> int:
    return _rotated((accumulator + lane * _P2) & _MASK, 31) * _P1 & _MASK


def _xxhash64(value: bytes) -> bytes:
    """Return XXH64 with seed 0, big-endian."""
    rest = value
    if len(value) >= _STRIPE:
        accumulators = [(_P1 + _P2) & _MASK, _P2, 0, -_P1 & _MASK]
        while len(rest) >= _STRIPE:
            lanes = _lanes(rest[:_STRIPE])
            accumulators = [_round(one, lane) for one, lane in zip(accumulators, lanes, strict=True)]
            rest = rest[_STRIPE:]
        hashed = sum(map(_rotated, accumulators, (1, 7, 12, 18))) & _MASK
        for one in accumulators:
            hashed = ((hashed ^ _round(0, one)) * _P1 + _P4) & _MASK
    else:
        hashed = _P5
    hashed = (hashed + len(value)) & _MASK
    while len(rest) >= 8:
        hashed = (_rotated(hashed ^ _round(0, int.from_bytes(rest[:8], "little")), 27) * _P1 + _P4) & _MASK
        rest = rest[8:]
    if len(rest) >= 4:
        half = int.from_bytes(rest[:4], "little") * _P1 & _MASK
        hashed = (_rotated(hashed ^ half, 23) * _P2 + _P3) & _MASK
        rest = rest[4:]
    for byte in rest:
        hashed = _rotated(hashed ^ (byte * _P5 & _MASK), 11) * _P1 & _MASK
    return _avalanche(hashed, (33, _P2, 29, _P3, 32)).to_bytes(8, "big")


def _avalanche(value: int, steps: tuple[int, int, int, int, int]) -> int:
    first, multiplier, second, other, last = steps
    value = (value ^ (value >> first)) * multiplier & _MASK
    value = (value ^ (value >> second)) * other & _MASK
    return value ^ (value >> last)


def _murmur3(value: bytes) -> bytes:
    """Return MurmurHash3_x64_128 with seed 0, as two little-endian halves."""
    one = other = 0
    whole = len(value) // 16 * 16
    for at in range(0, whole, 16):
        low, high = _lanes(value[at : at + 16])
        one ^= _rotated(low * _C1 & _MASK, 31) * _C2 & _MASK
        one = ((_rotated(one, 27) + other) * 5 + 0x52DCE729) & _MASK
        other ^= _rotated(high * _C2 & _MASK, 33) * _C1 & _MASK
        other = ((_rotated(other, 31) + one) * 5 + 0x38495AB5) & _MASK
    tail = value[whole:]
    other ^= _rotated(int.from_bytes(tail[8:], "little") * _C2 & _MASK, 33) * _C1 & _MASK
    one ^= _rotated(int.from_bytes(tail[:8], "little") * _C1 & _MASK, 31) * _C2 & _MASK
    one, other = one ^ len(value), other ^ len(value)
    one = (one + other) & _MASK
    other = (other + one) & _MASK
    mix = (33, 0xFF51AFD7ED558CCD, 33, 0xC4CEB9FE1A85EC53, 33)
    one, other = _avalanche(one, mix), _avalanche(other, mix)
    one = (one + other) & _MASK
    other = (other + one) & _MASK
    return one.to_bytes(8, "little") + other.to_bytes(8, "little")


FUNCTIONS = {
    "crc32": ScalarFunction(lambda value: zlib.crc32(value), ("BLOB",), "BIGINT"),
    "digest": ScalarFunction(_digest, ("VARCHAR", "BLOB"), "BLOB"),
    "hmac": ScalarFunction(_hmac, ("VARCHAR", "BLOB", "BLOB"), "BLOB"),
    "murmur3": ScalarFunction(_murmur3, ("BLOB",), "BLOB"),
    "xxhash64": ScalarFunction(_xxhash64, ("BLOB",), "BLOB"),
}
