"""Binary functions; the digests are those of the algorithms' own specifications for `abc` and nothing."""

__all__ = ["CASES", "FAILURES", "SOURCE"]

SOURCE = "binary.html; RFC 1321, FIPS 180-4, RFC 2202, RFC 4231; xxHash specification, test vectors"

CASES = [
    ("X'65683F'", "65 68 3f"),
    ("to_hex(X'65' || X'66')", "6566"),
    ("length(X'C3A9')", "2"),
    ("to_hex(lpad(X'01', 3, X'AB'))", "ABAB01"),
    ("to_hex(rpad(X'01', 3, X'AB'))", "01ABAB"),
    ("to_hex(substr(X'010203', 2))", "0203"),
    ("to_hex(substr(X'010203', -2, 1))", "02"),
    ("to_hex(reverse(X'010203'))", "030201"),
    ("to_base64(to_utf8('hello?'))", "aGVsbG8/"),
    ("from_utf8(from_base64('aGVsbG8/'))", "hello?"),
    ("to_base64url(to_utf8('hello?'))", "aGVsbG8_"),
    ("from_utf8(from_base64url('aGVsbG8_'))", "hello?"),
    ("to_base32(to_utf8('abc'))", "MFRGG==="),
    ("from_utf8(from_base32('MFRGG==='))", "abc"),
    ("to_hex(to_utf8('é'))", "C3A9"),
    ("from_utf8(from_hex('6162'))", "ab"),
    ("from_hex('6162')", "61 62"),
    ("to_hex(to_big_endian_32(1))", "00000001"),
    ("from_big_endian_32(X'FFFFFFFF')", "-1"),
    ("to_hex(to_big_endian_64(258))", "0000000000000102"),
    ("from_big_endian_64(X'0000000000000102')", "258"),
    ("to_hex(to_ieee754_32(REAL '1.0'))", "3F800000"),
    ("from_ieee754_32(X'3F800000')", "1.0"),
    ("to_hex(to_ieee754_64(1e0))", "3FF0000000000000"),
    ("from_ieee754_64(X'3FF0000000000000')", "1.0"),
    ("crc32(to_utf8('123456789'))", "3421780262"),
    ("md5(to_utf8('abc'))", "90 01 50 98 3c d2 4f b0 d6 96 3f 7d 28 e1 7f 72"),
    ("to_hex(md5(to_utf8('')))", "D41D8CD98F00B204E9800998ECF8427E"),
    ("to_hex(sha1(to_utf8('abc')))", "A9993E364706816ABA3E25717850C26C9CD0D89D"),
    ("to_hex(sha256(to_utf8('abc')))", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
    (
        "to_hex(sha512(to_utf8('abc')))",
        "DDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A"
        "2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F",
    ),
    ("to_hex(xxhash64(to_utf8('')))", "EF46DB3751D8E999"),
    ("to_hex(xxhash64(to_utf8('abc')))", "44BC2CF5AD770999"),
    ("murmur3(from_base64('aaaaaa'))", "ba 58 55 63 55 69 b4 2f 49 20 37 2c a0 e3 96 ef"),
    (
        "to_hex(hmac_md5(to_utf8('Hi There'), X'0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B'))",
        "9294727A3638BB1C13F48EF8158BFC9D",
    ),
    (
        "to_hex(hmac_sha1(to_utf8('Hi There'), X'0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B'))",
        "B617318655057264E28BC0B6FB378C8EF146BE00",
    ),
    (
        "to_hex(hmac_sha256(to_utf8('Hi There'), X'0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B'))",
        "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7",
    ),
]

FAILURES = [
    ("from_big_endian_32(X'00')", "INVALID_FUNCTION_ARGUMENT"),
    ("to_big_endian_32(2147483648)", "INVALID_CAST_ARGUMENT"),
    ("from_hex('zz')", "INVALID_FUNCTION_ARGUMENT"),
    ("spooky_hash_v2_32(X'00')", "NOT_SUPPORTED"),
]
