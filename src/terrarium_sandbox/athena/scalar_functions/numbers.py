"""Mathematical functions, and conversions of numbers to text."""

import math
from statistics import NormalDist

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction, fail
from terrarium_sandbox.athena.values import exponent_text, shortest_float

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_RADIX = 36


def _cbrt(value: float) -> float:
    """Return the cube root as Java does: exact if the root is an integer."""
    root = math.cbrt(value)
    whole = float(round(root)) if math.isfinite(root) else root
    return whole if whole**3 == value else root


def _check_radix(radix: int) -> None:
    if not 2 <= radix <= _MOST_RADIX:
        fail(_ARGUMENT, "Radix must be between 2 and 36")


def _from_base(text: str, radix: int) -> int:
    _check_radix(radix)
    try:
        return int(text, radix)
    except ValueError:
        fail(_ARGUMENT, f'Not a valid base-{radix} number: "{text}"')


def _to_base(value: int, radix: int) -> str:
    _check_radix(radix)
    digits, rest = "", abs(value)
    while rest:
        rest, digit = divmod(rest, radix)
        digits = _DIGITS[digit] + digits
    return ("-" if value < 0 else "") + (digits or "0")


def _width_bucket(value: float, low: float, high: float, count: int) -> int:
    if count <= 0:
        fail(_ARGUMENT, "bucketCount must be greater than 0")
    if math.isnan(value):
        fail(_ARGUMENT, "operand must not be NaN")
    if low == high:
        fail(_ARGUMENT, "bounds cannot equal each other")
    lower, upper = min(low, high), max(low, high)
    if value < lower:
        bucket = 0
    elif value >= upper:
        bucket = count + 1
    else:
        bucket = int(count * (value - lower) / (upper - lower)) + 1
    return count - bucket + 1 if low > high else bucket


def _normal_cdf(mean: float, deviation: float, value: float) -> float:
    if deviation <= 0:
        fail(_ARGUMENT, "standardDeviation must be > 0")
    return 0.5 * (1 + math.erf((value - mean) / (deviation * math.sqrt(2))))


def _inverse_normal_cdf(mean: float, deviation: float, probability: float) -> float:
    if not 0 < probability < 1:
        fail(_ARGUMENT, "p must be 0 > p > 1")
    if deviation <= 0:
        fail(_ARGUMENT, "sd must be > 0")
    return NormalDist(mean, deviation).inv_cdf(probability)


def _wilson_interval(successes: int, trials: int, z: float, side: int) -> float:
    if successes < 0 or trials <= 0 or successes > trials or z < 0:
        fail(_ARGUMENT, "number of successes must not be negative or larger than the number of trials")
    rate, square = successes / trials, z * z
    spread = z * math.sqrt(rate * (1 - rate) / trials + square / (4 * trials * trials))
    return (rate + square / (2 * trials) + side * spread) / (1 + square / trials)


def _bit_count(value: int, bits: int) -> int:
    if not 2 <= bits <= 64:
        fail(_ARGUMENT, "bits must be between 2 and 64")
    if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        words = f"{value} can not be represented with {bits} bits"
        fail(_ARGUMENT, f"Number must be representable with the bits specified. {words}")
    return (value & ((1 << bits) - 1)).bit_count()


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _left_shift(value: int, shift: int, bits: int) -> int:
    return 0 if shift >= bits else _signed(value << shift, bits)


def _right_shift(value: int, shift: int, bits: int) -> int:
    return 0 if shift >= bits else _signed((value & ((1 << bits) - 1)) >> shift, bits)


def _arithmetic_shift(value: int, shift: int, bits: int) -> int:
    return value >> min(shift, bits - 1)


FUNCTIONS = {
    "bit_count": ScalarFunction(_bit_count, ("BIGINT", "BIGINT"), "BIGINT"),
    "bitwise_left_shift": ScalarFunction(_left_shift, ("BIGINT",) * 3, "BIGINT"),
    "bitwise_right_shift": ScalarFunction(_right_shift, ("BIGINT",) * 3, "BIGINT"),
    "bitwise_right_shift_arithmetic": ScalarFunction(_arithmetic_shift, ("BIGINT",) * 3, "BIGINT"),
    "cbrt": ScalarFunction(_cbrt, ("DOUBLE",), "DOUBLE"),
    "double_text": ScalarFunction(exponent_text, ("DOUBLE",), "VARCHAR"),
    "float_text": ScalarFunction(lambda value: exponent_text(shortest_float(value)), ("FLOAT",), "VARCHAR"),
    "from_base": ScalarFunction(_from_base, ("VARCHAR", "BIGINT"), "BIGINT"),
    "inverse_normal_cdf": ScalarFunction(_inverse_normal_cdf, ("DOUBLE",) * 3, "DOUBLE"),
    "normal_cdf": ScalarFunction(_normal_cdf, ("DOUBLE",) * 3, "DOUBLE"),
    "to_base": ScalarFunction(_to_base, ("BIGINT", "BIGINT"), "VARCHAR"),
    "width_bucket": ScalarFunction(_width_bucket, ("DOUBLE", "DOUBLE", "DOUBLE", "BIGINT"), "BIGINT"),
    "wilson_interval": ScalarFunction(_wilson_interval, ("BIGINT", "BIGINT", "DOUBLE", "BIGINT"), "DOUBLE"),
}
