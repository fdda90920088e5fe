"""The cdktf app: one stack per environment."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cdktf import App

from environments import Environment
from environments.shared_accounts import check_shared_accounts
from modules.names import Names
from modules.sdk_release import sdk_release
from stacks.digest import write_digests
from stacks.extension_names import check_extension_names
from stacks.platform import Platform
from stacks.provider_lock import write_provider_locks
from terrarium.errors import Error

__all__ = ["build_app", "synthesize"]


def build_app(environments: Iterable[Environment], *, outdir: Path | None = None) -> App:
    """Build an app with one stack per environment. The id of a stack is the environment's name.

    Of the checkout, only the sources of the SDK are read, for their digest.

    Args:
        environments: The environments.
        outdir: The folder that the app is synthesized to. Defaults to that of the cdktf command line.
    """
    release = sdk_release()
    by_name = {config.name: config for config in environments}
    check_shared_accounts(by_name.values())
    app = App(outdir=str(outdir)) if outdir else App()
    for config in by_name.values():
        Platform(
            app,
            config.name,
            config=config,
            release=release,
            source=_promotion_source_of(config, by_name),
            targets=tuple(other for other in by_name.values() if other.registry.promotes_from == config.name),
        )
    return app


def synthesize(environments: Iterable[Environment], *, outdir: Path | None = None) -> None:
    """Write the stacks as JSON for Terraform. The arguments are those of `build_app`."""
    app = build_app(environments, outdir=outdir)
    app.synth()
    check_extension_names(Path(app.outdir))
    write_digests(Path(app.outdir))
    write_provider_locks(Path(app.outdir))


def _promotion_source_of(config: Environment, by_name: Mapping[str, Environment]) -> Environment | None:
    name = config.registry.promotes_from
    if name is None:
        return None
    others = sorted(by_name.keys() - {config.name})
    if name not in others:
        correction = f"set registry.promotes_from to one of {', '.join(others)}" if others else "remove it"
        raise Error(
            f"{config.name} has registry.promotes_from = {name!r}, which is not another environment",
            remedy=f"in environments/{config.name}.toml, {correction}",
        )
    source = by_name[name]
    if not source.registry.enabled:
        raise Error(
            f"{config.name} has registry.promotes_from = {name!r}, and {name} has no model registry",
            remedy=f"write enabled = true below [registry] in environments/{name}.toml, or remove "
            f"registry.promotes_from in environments/{config.name}.toml",
        )
    here, there = Names.of(config).partition, Names.of(source).partition
    if here != there:
        # "Cross-account access between partitions" does not exist (IAM User Guide, "Cross account resource access").
        raise Error(
            f"{config.name} takes models from {name}, but no role of the partition {here} can be trusted in {there}",
            remedy=f"in environments/{config.name}.toml, remove registry.promotes_from, and submit models to "
            f"{config.name} itself",
        )
    return source
