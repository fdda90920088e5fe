"""Command `terrarium bootstrap`: creates or deletes the bucket for the Terraform state of an environment."""

from typing import TYPE_CHECKING

import click

from environments import Environment, load_environment
from modules.names import Names
from operations.account import session_in
from operations.notebook_log_group import NOTEBOOK_LOG_GROUP, create_notebook_log_group
from operations.state_removal import delete_state_bucket
from terrarium.echo import echo

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["bootstrap", "bootstrap_state"]


@click.command()
@click.argument("environment")
@click.option(
    "--destroy", is_flag=True, help="Delete the bucket, after `cdktf destroy`. It must list no resources."
)
@click.option("--yes", is_flag=True, help="Delete without a question.")
def bootstrap(environment: str, *, destroy: bool, yes: bool) -> None:
    """Create the bucket for the Terraform state of ENVIRONMENT, and correct its settings. Safe to repeat.

    With users of notebooks, also create the log group of the account's notebooks, if there is none.
    """
    config = load_environment(environment)
    session = session_in(config)
    s3 = session.client("s3")
    bucket = Names.of(config).state_bucket
    if destroy:
        if not yes:
            click.confirm(f"Delete {bucket} with all versions of the state?", abort=True)
        existed = delete_state_bucket(s3, bucket, environment=environment)
        echo(f"{bucket}: {'deleted' if existed else 'does not exist'}")
        return
    done = bootstrap_state(s3, config=config)
    echo(f"{bucket}: {', '.join(done) if done else 'no changes needed'}")
    if config.workbench.users:
        created = create_notebook_log_group(
            session.client("logs"),
            tags=config.resource_tags,
            retention_days=config.compute.log_retention_days,
        )
        echo(f"{NOTEBOOK_LOG_GROUP}: {'created' if created else 'exists'}")


def bootstrap_state(s3: "S3Client", *, config: Environment) -> tuple[str, ...]:
    """Create the state bucket: versioned, encrypted, private and reachable over TLS only.

    Args:
        s3: A client with the credentials of the environment's account.
        config: The environment.

    Returns:
        The changes as texts; empty if the bucket existed with these settings.
    """
    from operations.state_bucket import create_state_bucket, settings_of_state_bucket

    names = Names.of(config)
    bucket = names.state_bucket
    done = ["created"] if create_state_bucket(s3, bucket, region=config.region) else []
    for setting in settings_of_state_bucket(
        s3, bucket, arn=names.bucket_arn(bucket), tags=config.resource_tags
    ):
        if not setting.holds():
            setting.apply()
            done.append(setting.outcome)
    return tuple(done)
