"""Connecting: one read of the encrypted manifest."""

from terrarium.connection import open_connection
from terrarium.lab import Lab
from terrarium.verification.check import Check, Observation
from terrarium.verification.workspace import Workspace

__all__ = ["CONNECT"]


def _connect(workspace: Workspace) -> Observation:
    lab = Lab(open_connection(workspace.environment))
    workspace.open(lab)
    return Observation(f"as {lab.session.caller.partition(':assumed-role/')[2] or lab.session.caller}")


CONNECT = Check(
    name="connect",
    run=_connect,
    cause="the role lacks ssm:GetParameter on the manifest, or kms:Decrypt of the environment's key through ssm",
)
