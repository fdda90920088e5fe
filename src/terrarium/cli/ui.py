"""`terrarium ui`: MLflow's UI on an environment."""

import click

from terrarium.cli.ranges import PORT
from terrarium.echo import echo

__all__ = ["ui"]


@click.command()
@click.argument("environment")
@click.option("--port", type=PORT, default=0, help="Port to listen on. Default: a free port.")
@click.option("--open/--no-open", "opened", default=True, show_default=True, help="Open a browser.")
def ui(environment: str, *, port: int, opened: bool) -> None:
    """Serve MLflow's UI of ENVIRONMENT on loopback, with your own AWS identity, until Ctrl-C."""
    import webbrowser

    from terrarium.directories import cache_directory
    from terrarium.lab import connect
    from terrarium.ui import UiServer
    from terrarium.ui.interpreter import ui_interpreter

    artifacts = connect(environment).manifest.artifacts
    python = ui_interpreter(say=echo)
    log = cache_directory() / "ui" / f"{environment}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    root = f"s3://{artifacts.bucket}/{artifacts.experiments_prefix}".rstrip("/")
    with UiServer(environment, python=python, artifact_root=root, port=port, log=log) as server:
        echo(f"{environment}: {server.address} (Ctrl-C stops it)")
        if opened:
            webbrowser.open(server.address)
        try:
            server.wait()
        except KeyboardInterrupt:
            echo()
