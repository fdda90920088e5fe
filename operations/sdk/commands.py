"""`terrarium sdk`."""

import click

from environments import load_environment
from modules.names import Names
from modules.sdk_release import sdk_release
from operations.account import session_in
from operations.sdk.folder import build_release
from operations.sdk.publication import is_published, publish_release
from terrarium.echo import echo

__all__ = ["sdk"]


@click.group()
def sdk() -> None:
    """Serve the SDK of this checkout from an environment's own bucket."""


@sdk.command()
def build() -> None:
    """Build the SDK of this checkout and download every locked dependency, for `terrarium sdk publish` and images.

    Needs the package index. In CI a job without credentials runs it, and hands `build/sdk` over to the one that
    publishes.
    """
    folder = build_release(sdk_release())
    echo(f"built {folder.wheel}")


@sdk.command()
@click.argument("environment")
def publish(environment: str) -> None:
    """Publish the SDK of this checkout, with every locked dependency, to the bucket of ENVIRONMENT.

    Notebooks of the workbench install it from there when they start, and so can laptops: `terrarium describe` prints
    the commands. Needs the package index once for each change of the lock; publishing again does nothing.
    """
    config = load_environment(environment)
    s3 = session_in(config).client("s3")
    bucket = Names.of(config).bucket("artifacts")
    release = sdk_release()
    if is_published(s3, bucket, release):
        echo(f"{environment}: SDK release {release.id} is already published")
        return

    def say(line: str) -> None:
        echo(f"{environment}: {line}")

    publish_release(s3, bucket, release, build_release(release), say=say)
    echo(f"{environment}: published SDK release {release.id} at s3://{bucket}/{release.prefix}")
