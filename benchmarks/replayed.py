"""Replayed responses of AWS, for measuring the time of the client alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

__all__ = ["replayed"]


@contextmanager
def replayed() -> Iterator[None]:
    """Answer each repeated request of the block from memory, with its first response."""
    from botocore.httpsession import URLLib3Session

    answers: dict[tuple[str, bytes], Any] = {}
    send = URLLib3Session.send

    def answer(self: Any, request: Any) -> Any:
        asked = (request.url, bytes(request.body or b""))
        if asked not in answers:
            answers[asked] = send(self, request)
            _ = answers[asked].content  # read while the connection is there
        return answers[asked]

    with patch.object(URLLib3Session, "send", answer):
        yield
