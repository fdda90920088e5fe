"""Command group `terrarium images`."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import click

from environments import Environment, load_environment
from modules.sdk_release import CHECKOUT, sdk_release
from operations.account import session_in
from operations.images.engine import ContainerEngine
from operations.images.repository import ImageRepository, RepositoryNotFoundError
from operations.images.sandbox_image import is_sandbox, register_image
from operations.sdk.release_folder import ReleaseFolder, build_release
from terrarium.echo import echo
from terrarium.manifest import Architecture

__all__ = ["images"]

_MISSING = 2
_PINNED = re.compile(r"\S+@sha256:[0-9a-f]{64}")


def _pinned(context: click.Context, parameter: click.Parameter, image: str | None) -> str | None:  # noqa: ARG001 - click's signature
    """Refuse an image that its registry could replace between the tests and the build."""
    if image is not None and not _PINNED.fullmatch(image):
        raise click.BadParameter(
            f"{image!r} is not pinned by its digest. Write it as <repository>@sha256:<64 hexadecimal digits>; "
            "`docker buildx imagetools inspect <image>` prints the digest"
        )
    return image


@click.group()
def images() -> None:
    """Build and push the image in which jobs, migrations and the tunnel run.

    The tag is a digest of the sources: the same checkout gives the same tag on every machine.
    """


@images.command()
@click.argument("environment")
@click.option(
    "--base", is_flag=True, help="Print name and digest of the base image as step outputs of a workflow."
)
def show(environment: str, *, base: bool) -> None:
    """List the images of ENVIRONMENT.

    Prints each image in the job definitions, and its digest if the repository has it. Exit codes: 0 if all exist, 2
    if one is missing.
    """
    repository, config = _repository(environment)
    if base:
        digest = repository.digest_of(sdk_release().image_tag)
        echo(f"name={repository.url}\ndigest={digest or ''}")
        sys.exit(0 if digest else _MISSING)
    missing = False
    for name, tag in _expected(config).items():
        digest = repository.digest_of(tag)
        missing = missing or digest is None
        echo(f"{name}: {repository.url}:{tag} {digest or 'is missing'}")
    sys.exit(_MISSING if missing else 0)


@images.command()
@click.option(
    "--architecture",
    type=click.Choice(get_args(Architecture)),
    default="x86_64",
    show_default=True,
    help="The processor architecture of the machines that run the image.",
)
@click.option(
    "--python-image",
    callback=_pinned,
    help="The image to build on, with its digest, such as a copy of Python's image in your own registry. Default: the "
    "one in the Dockerfile.",
)
def build(*, architecture: Architecture, python_image: str | None) -> None:
    """Build the base image of this checkout.

    Needs docker or podman; for another architecture than this machine's also QEMU. The packages come from the package
    index in the settings of pip on this machine. The build itself uses no index.
    """
    image = _build(ContainerEngine.find(), python_image, architecture)
    echo(f"built {image}")


@images.command()
@click.argument("environment")
@click.option("--python-image", callback=_pinned, help="As in `build`; used if the image is not built yet.")
@click.option("--if-deployed", is_flag=True, help="Do nothing if the environment has no repository yet.")
def push(environment: str, *, python_image: str | None, if_deployed: bool) -> None:
    """Push the base image to ENVIRONMENT, for each architecture of its pools.

    Does nothing if the repository of ENVIRONMENT has the image of this checkout. Builds the image first if needed.
    In the sandbox nothing is built: jobs run in its own Python.
    """
    repository, config = _repository(environment)
    for architecture in config.compute.architectures:
        tag = sdk_release().image_tag_for(architecture)
        image = f"{repository.url}:{tag}"
        try:
            digest = repository.digest_of(tag)
        except RepositoryNotFoundError:
            if not if_deployed:
                raise
            echo(f"{environment}: not deployed yet, nothing was pushed")
            return
        if digest is not None:
            echo(f"{environment}: {image} is already pushed ({digest})")
            continue
        ecr = session_in(config).client("ecr")
        if is_sandbox(ecr):
            register_image(ecr, repository=repository.name, tag=tag)
            echo(f"{environment}: registered {image}; jobs in the sandbox run in its own Python")
            continue
        engine = ContainerEngine.find()
        built = _build(engine, python_image, architecture)
        repository.log_in(engine)
        engine.tag(built, image)
        engine.push(image)
        echo(f"{environment}: pushed {image} ({repository.digest_of(tag)})")


def _build(engine: ContainerEngine, python_image: str | None, architecture: Architecture) -> str:
    release = sdk_release()
    image = f"terrarium-base:{release.image_tag_for(architecture)}"
    if not engine.has(image):
        arguments = (f"PYTHON_IMAGE={python_image}",) if python_image else ()
        with _build_context(build_release(release, architecture=architecture)) as context:
            engine.build(context, image=image, architecture=architecture, arguments=arguments)
    return image


@contextmanager
def _build_context(release: ReleaseFolder) -> Iterator[Path]:
    """Yield a temporary folder with the Dockerfile, `requirements.txt` and `wheels/`."""
    with TemporaryDirectory(dir=release.dependencies.parent, prefix="context-") as temporary:
        folder = Path(temporary)
        shutil.copyfile(CHECKOUT / "images" / "base" / "Dockerfile", folder / "Dockerfile")
        shutil.copyfile(release.requirements, folder / "requirements.txt")
        wheels = folder / "wheels"
        wheels.mkdir()
        for wheel in (release.wheel, *release.dependencies.iterdir()):
            os.link(wheel, wheels / wheel.name)  # a copy would take 300 MB
        yield folder


def _repository(environment: str) -> tuple[ImageRepository, Environment]:
    config = load_environment(environment)
    return ImageRepository(session_in(config).client("ecr"), config=config), config


def _expected(config: Environment) -> dict[str, str]:
    """Return the image tags of the environment's own repository in its job definitions, by the names of the images."""
    own = {name: image for name, image in config.compute.images.items() if "@" not in image}
    base = {
        "base" if architecture == "x86_64" else f"base ({architecture})": sdk_release().image_tag_for(
            architecture
        )
        for architecture in config.compute.architectures
    }
    return {**base, **own}
