"""Digests have one form."""

import hashlib

from terrarium.io.digest import digest_of, digest_of_hash


def test_a_digest_names_its_algorithm() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of(b"") == f"sha256:{empty}"


def test_text_bytes_and_hashes_of_the_same_content_have_the_same_digest() -> None:
    assert digest_of("späh") == digest_of("späh".encode()) == digest_of_hash(hashlib.sha256("späh".encode()))
