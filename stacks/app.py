"""Builds the app, without reading a file or a variable: tests build it from any configuration."""

from collections.abc import Iterable
from pathlib import Path

from cdktf import App

from environments import Environment
from stacks.platform import Platform

__all__ = ["build_app"]


def build_app(environments: Iterable[Environment], *, outdir: Path | None = None) -> App:
    """An app with one stack per environment, each named as its environment is.

    Args:
        environments: What to build.
        outdir: Where synthesizing writes to; without it, where the cdktf command line says.
    """
    app = App(outdir=str(outdir)) if outdir else App()
    for config in environments:
        Platform(app, config.name, config=config)
    return app
