"""The AWS configuration file: profiles of this package, written beside those of others.

The file belongs to its user: other profiles, comments and unknown settings stay as they are, byte for byte.
"""

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from terrarium.errors import ConflictError, InvalidRequestError
from terrarium.io.atomic_write import atomic_write
from terrarium.io.file_lock import file_lock

__all__ = ["config_file", "profiles", "sso_sessions", "write_profile"]

_MARK: Final = "# Written by `terrarium login`."
# The settings that select credentials. A profile that is written again keeps all others.
_OWN: Final = frozenset(
    {
        "credential_source",
        "duration_seconds",
        "region",
        "role_arn",
        "role_session_name",
        "source_profile",
        "sso_account_id",
        "sso_role_name",
        "sso_session",
    }
)
_HEADER: Final = re.compile(r"\[(?P<name>[^\]]+)\]")
_SETTING: Final = re.compile(r"(?P<key>[A-Za-z0-9_]+)\s*[=:]")


def config_file() -> Path:
    """Return the path of the AWS configuration file: `AWS_CONFIG_FILE`, or `~/.aws/config`."""
    return Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def profiles() -> Mapping[str, Mapping[str, Any]]:
    """Return the profiles of the two AWS files, configuration and credentials, by name."""
    return {**_credentials(), **_loaded(config_file()).get("profiles", {})}


def sso_sessions() -> tuple[str, ...]:
    """Return the names of the sections `sso-session`."""
    return tuple(sorted(_loaded(config_file()).get("sso_sessions", {})))


def write_profile(name: str, settings: Mapping[str, str]) -> bool:
    """Write a profile, in place of the one that an earlier call wrote. Return whether the file changed.

    Args:
        name: The profile.
        settings: Its settings, in the order in which they are written.

    Raises:
        ConflictError: There is a profile of that name that this function did not write.
        InvalidRequestError: The file is not one that botocore can read.
    """
    path = config_file().resolve()  # a link, as to a folder under version control, stays a link
    with file_lock(path):
        before = _loaded(path).get("profiles", {})
        old = path.read_bytes() if path.is_file() else b""
        lines = old.decode("utf-8", "surrogateescape").splitlines(keepends=True)
        start, end = _section(lines, name)
        if (start < end and not _is_own(lines[start:end])) or name in _credentials():
            raise ConflictError(
                f"there is a profile {name!r} that `terrarium login` did not write, in "
                f"{path if start < end else _credentials_file()}",
                remedy="rename or delete that profile, or write another one: --profile NAME",
            )
        new = "".join(_with_section(lines, start, end, name, settings)).encode("utf-8", "surrogateescape")
        if new == old:
            return False
        mode = path.stat().st_mode & 0o777 if path.is_file() else 0o600
        _write(path, new, mode)
        after = _loaded(path).get("profiles", {})
        if {**after, name: None} != {**before, name: None} or not settings.items() <= after[name].items():
            _write(path, old, mode)
            text = "\n".join(f"  {line}" for line in _settings(name, settings))
            raise InvalidRequestError(
                f"the profile {name!r} cannot be written to {path} without changing another one",
                remedy=f"write it by hand:\n{text}",
            )
    return True


def _with_section(
    lines: Sequence[str], start: int, end: int, name: str, settings: Mapping[str, str]
) -> Iterator[str]:
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    before = list(lines[:start])
    if before and not before[-1].endswith(("\n", "\r")):
        before[-1] += newline
    yield from before
    if start == end and before and before[-1].strip():
        yield newline
    yield from (line + newline for line in _settings(name, settings))
    yield from _kept(lines[start + 1 : end])
    yield from lines[end:]


def _settings(name: str, settings: Mapping[str, str]) -> list[str]:
    header = f"[profile {shlex.quote(name)}]"
    return [header, _MARK, *(f"{key} = {value}" for key, value in settings.items())]


def _kept(section: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a section that somebody added: other settings with the lines nested in them, and comments."""
    own = False
    for line in section:
        setting = _SETTING.match(line)
        if setting is not None:
            own = setting["key"] in _OWN
        elif not line[:1].isspace() or not line.strip():
            own = line.strip() == _MARK
        if not own:
            yield line


def _section(lines: Sequence[str], name: str) -> tuple[int, int]:
    """Return the first line of a profile's section and the line behind its last; of a missing one, the end twice."""
    headers = [(number, found) for number, line in enumerate(lines) if (found := _HEADER.match(line))]
    ends = [number for number, _ in headers[1:]] + [len(lines)]
    for (start, header), end in zip(headers, ends, strict=False):
        if _profile_name(header["name"]) == name:
            return start, end
    return len(lines), len(lines)


def _is_own(section: Sequence[str]) -> bool:
    return any(line.strip() == _MARK for line in section)


def _profile_name(header: str) -> str | None:
    try:
        parts = shlex.split(header)
    except ValueError:
        return None
    if parts == ["default"]:
        return "default"
    return parts[1] if len(parts) == 2 and parts[0] == "profile" else None


def _write(path: Path, content: bytes, mode: int) -> None:
    with atomic_write(path) as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)


def _loaded(path: Path) -> dict[str, Any]:
    from botocore.configloader import load_config
    from botocore.exceptions import ConfigNotFound, ConfigParseError

    try:
        return dict(load_config(str(path)))
    except ConfigNotFound:
        return {}
    except ConfigParseError as error:
        raise InvalidRequestError(
            f"{path} is not an AWS configuration file: {error}",
            remedy="correct it until `aws configure list-profiles` lists its profiles, and run the command again",
        ) from error


def _credentials_file() -> Path:
    return Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()


def _credentials() -> dict[str, Any]:
    from botocore.configloader import raw_config_parse
    from botocore.exceptions import ConfigNotFound, ConfigParseError

    try:
        return dict(raw_config_parse(str(_credentials_file())))
    except (ConfigNotFound, ConfigParseError):
        return {}
