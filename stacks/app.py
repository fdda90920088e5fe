"""Build the app from any configuration. Of the checkout, only the SDK's sources are read, for their digest."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cdktf import App

from environments import Environment
from environments.shared_accounts import check_shared_accounts
from modules.sdk_release import sdk_release
from stacks.digest import write_digests
from stacks.platform import Platform
from terrarium.errors import Error

__all__ = ["build_app", "synthesize"]


def build_app(environments: Iterable[Environment], *, outdir: Path | None = None) -> App:
    """An app with one stack per environment, each named as its environment is.

    Args:
        environments: What to build.
        outdir: Where synthesizing writes to; without it, where the cdktf command line says.
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
    """Write the stacks as Terraform reads them; arguments as of `build_app`."""
    app = build_app(environments, outdir=outdir)
    app.synth()
    write_digests(Path(app.outdir))


def _promotion_source_of(config: Environment, by_name: Mapping[str, Environment]) -> Environment | None:
    name = config.registry.promotes_from
    if name is None:
        return None
    if name not in by_name or name == config.name:
        raise Error(
            f"{config.name} wants models promoted from {name!r}, which is no other environment",
            remedy=f"in environments/{config.name}.toml, let registry.promotes_from name one of "
            f"{', '.join(sorted(by_name.keys() - {config.name}))}",
        )
    return by_name[name]
