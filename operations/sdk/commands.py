"""Command group `terrarium sdk`."""

import click

from environments import load_environment
from modules.names import Names
from modules.sdk_release import sdk_release
from operations.account import session_in
from operations.sdk.publication import is_published, publish_release
from operations.sdk.release_folder import build_release
from terrarium.echo import echo

__all__ = ["sdk"]


@click.group()
def sdk() -> None:
    """Build the SDK of this checkout, and publish it to the bucket of an environment."""


@sdk.command()
def build() -> None:
    """Build the SDK of this checkout.

    Also downloads all locked dependencies. `terrarium sdk publish` and `terrarium images build` use the files, which
    are in build/sdk. Needs a package index. In CI, a job without credentials runs this command and hands the files
    over to the job that publishes them.
    """
    folder = build_release(sdk_release())
    echo(f"built {folder.wheel}")


@sdk.command()
@click.argument("environment")
def publish(environment: str) -> None:
    """Publish the SDK to ENVIRONMENT.

    Uploads the SDK of this checkout and all locked dependencies to the bucket of ENVIRONMENT. Notebooks of the
    workbench install it from the bucket when they start. `terrarium describe` prints the commands that install it on
    a laptop. Needs a package index after a change of requirements/sdk.txt. Safe to repeat.
    """
    config = load_environment(environment)
    s3 = session_in(config).client("s3")
    bucket = Names.of(config).bucket("artifacts")
    release = sdk_release()
    if is_published(s3, bucket, release):
        echo(f"{environment}: SDK release {release.id} is already published")
        return

    def report(line: str) -> None:
        echo(f"{environment}: {line}")

    publish_release(s3, bucket, release, build_release(release), report=report)
    echo(f"{environment}: published SDK release {release.id} at s3://{bucket}/{release.prefix}")
