"""Client of the internal interface of a running sandbox."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from terrarium.errors import Error
from terrarium_sandbox.home import Home
from terrarium_sandbox.process.process_record import ProcessRecord

__all__ = ["RunningSandbox"]

_TIMEOUT_SECONDS = 60.0


class RunningSandbox:
    """The internal interface of the sandbox that runs in a home.

    Args:
        home: The folder of its files.
        record: Its process record.
    """

    def __init__(self, home: Home, record: ProcessRecord) -> None:
        self.home = home
        self.record = record

    @classmethod
    def find(cls, home: Home) -> "RunningSandbox | None":
        """Return the sandbox of that home, if it is running."""
        record = ProcessRecord.read(home)
        return None if record is None else cls(home, record)

    def ask(self, method: str, path: str, content: object = None) -> Any:
        """Send a request to the internal interface, with `content` as JSON, and return the answer.

        Raises:
            Error: It does not answer, or refuses the request.
        """
        where = urlsplit(self.record.endpoint)
        # No proxy, regardless of the user's settings.
        connection = http.client.HTTPConnection(where.netloc, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(
                method,
                f"/_terrarium/{path}",
                body=None if content is None else json.dumps(content),
                headers={
                    "Authorization": f"Bearer {self.record.token}",
                    "Content-Type": "application/json",
                },
            )
            response = connection.getresponse()
            answer = json.load(response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Error(
                f"the sandbox (process {self.record.process.pid}) does not answer at "
                f"{self.record.endpoint}: {error!r}",
                remedy=f"read {self.home.log_file}; `terrarium sandbox down` stops it",
            ) from error
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise Error(
                f"the sandbox refused {method} {path}: {answer.get('error')}",
                remedy="`terrarium sandbox status` shows its state",
            )
        return answer
