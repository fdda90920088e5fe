"""Names of artifacts, and their keys in the bucket."""

import re

from terrarium.artifacts.errors import ArtifactNameError

__all__ = ["FOLDER_LISTING", "object_key"]

# The listing of a folder is beside its files, and pins their versions.
FOLDER_LISTING = ".terrarium.json"

_LONGEST_KEY = 1024  # bytes of UTF-8, by S3's own limit
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\\]")


def object_key(prefix: str, name: str) -> str:
    """Return the key of the artifact `name` below `prefix`.

    Raises:
        ArtifactNameError: The name is not a relative path with slashes, or too long.
    """
    segments = name.split("/")
    key = prefix + name
    if (
        _is_not_utf_8(key)
        or not all(segments)
        or {".", "..", FOLDER_LISTING} & set(segments)
        or _UNPRINTABLE.search(name)
        or len(key.encode()) > _LONGEST_KEY
    ):
        raise ArtifactNameError(
            f"{name!r} cannot name an artifact",
            remedy="a name is a relative path with slashes, such as models/churn.bin: no empty, '.' or '..' "
            f"part and none called {FOLDER_LISTING}, no backslash or control character, at most "
            f"{_LONGEST_KEY} bytes",
        )
    return key


def _is_not_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
