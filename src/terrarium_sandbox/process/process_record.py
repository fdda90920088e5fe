"""Record of a running sandbox in its home."""

from pydantic import BaseModel, ConfigDict

from terrarium.io.atomic_write import atomic_write
from terrarium_sandbox.home import Home
from terrarium_sandbox.process.processes import ProcessIdentity

__all__ = ["ProcessRecord"]


class ProcessRecord(BaseModel):
    """The process, its endpoint, and the token of its internal interface."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process: ProcessIdentity
    endpoint: str
    token: str

    def write(self, home: Home) -> None:
        """Write the record into the home, readable by the owner only."""
        with atomic_write(home.process_file) as file:
            file.write(self.model_dump_json().encode())

    @classmethod
    def read(cls, home: Home) -> "ProcessRecord | None":
        """Return the record of the sandbox that is running in `home`; None if none is running."""
        try:
            record = cls.model_validate_json(home.process_file.read_bytes())
        except FileNotFoundError:
            return None
        return record if record.process.find() else None
