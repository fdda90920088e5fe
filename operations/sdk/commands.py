"""Command group `terrarium sdk`."""

import click

from environments import load_environment
from modules.names import Names
from modules.sdk_release import sdk_release
from operations.account import session_in
from operations.sdk.publication import is_published, is_sandbox_published, publish_release, publish_sandbox
from operations.sdk.release_folder import build_release, build_sandbox
from terrarium.echo import echo

__all__ = ["sdk"]


@click.group()
def sdk() -> None:
    """Build the SDK of this checkout, and publish it to the bucket of an environment."""


@sdk.command()
def build() -> None:
    """Build the SDK and the sandbox of this checkout.

    Also downloads all locked dependencies. `terrarium sdk publish` and `terrarium images build` use the files, which
    are in build/sdk. Needs a package index. In CI, a job without credentials runs this command and hands the files
    over to the job that publishes them.
    """
    release = sdk_release()
    folder = build_release(release)
    echo(f"built {folder.wheel}")
    echo(f"built {build_sandbox(release, folder).wheel}")


@sdk.command()
@click.argument("environment")
def publish(environment: str) -> None:
    """Publish the SDK and the sandbox to ENVIRONMENT.

    Uploads both distributions of this checkout, and all locked dependencies of the SDK, to the bucket of ENVIRONMENT.
    Notebooks install the SDK from the bucket when they start. `terrarium describe` prints the commands that install
    both on a laptop. Needs a package index after a change of requirements/sdk.txt. Safe to repeat.
    """
    config = load_environment(environment)
    s3 = session_in(config).client("s3")
    bucket = Names.of(config).bucket("artifacts")
    release = sdk_release()

    def report(line: str) -> None:
        echo(f"{environment}: {line}")

    if not is_published(s3, bucket, release):
        publish_release(s3, bucket, release, build_release(release), report=report)
        report(f"published SDK release {release.id} at s3://{bucket}/{release.prefix}")
    elif is_sandbox_published(s3, bucket, release):
        report(f"SDK release {release.id} and its sandbox are already published")
        return
    publish_sandbox(s3, bucket, release, build_sandbox(release, build_release(release)), report=report)
