"""`terrarium tunnel`: the private database on a port of this machine, as long as the command runs."""

import json
import subprocess

import click

from terrarium.cli.ranges import PORT
from terrarium.echo import echo
from terrarium.errors import Error
from terrarium.tunnel.address import tunnel_variable
from terrarium.tunnel.programs import missing_tunnel_program

__all__ = ["tunnel"]

_DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"


@click.command()
@click.argument("environment")
@click.option("--port", type=PORT, default=15432, show_default=True, help="The port on this machine.")
def tunnel(environment: str, port: int) -> None:
    """Forward a port of this machine to the private database of ENVIRONMENT, until you end the command.

    Starts a task in the network of the environment, and stops it at the end. No port is opened in the network.
    """
    from terrarium.aws import Session
    from terrarium.connection import open_connection
    from terrarium.tunnel.task import running_task

    manifest = open_connection(environment).manifest
    manifest.check_enabled("tunnel")
    if program := missing_tunnel_program():
        raise Error(
            f"`{program}` is not on PATH",
            remedy="install the AWS command line and its Session Manager plugin, which carry the session",
        )
    echo("starting the task in the environment's network …", err=True)
    with running_task(manifest, session=Session()) as target:
        echo(f"export {tunnel_variable(environment)}=127.0.0.1:{port}")
        echo("set this variable where your code runs; Ctrl-C closes the tunnel", err=True)
        parameters = {
            "host": [manifest.metadata.host],
            "portNumber": [str(manifest.metadata.port)],
            "localPortNumber": [str(port)],
        }
        session = ["aws", "ssm", "start-session", "--target", target, "--document-name", _DOCUMENT]
        session += ["--parameters", json.dumps(parameters), "--region", manifest.region]
        try:
            done = subprocess.run(session, check=False)
        except KeyboardInterrupt:
            return
    if done.returncode:
        raise Error(
            f"the session ended with code {done.returncode}; its output is above",
            remedy="check that your role may call ssm:StartSession on the task (grants in modules/tunnel.py)",
        )
