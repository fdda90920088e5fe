"""`terrarium images`."""

import re
import sys

import click

from environments import Environment, load_environment
from modules.sdk_release import sdk_release
from operations.account import session_in
from operations.images.context import build_context
from operations.images.engine import ContainerEngine
from operations.images.repository import ImageRepository, RepositoryNotFoundError
from operations.images.sandbox import is_sandbox, register_image
from operations.sdk.folder import build_release
from terrarium.echo import echo

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
    """Build and push the image that jobs, migrations and the tunnel run in.

    Its tag is a digest of what it is built from: the same checkout names the same image on every machine.
    """


@images.command()
@click.argument("environment")
@click.option(
    "--base", is_flag=True, help="Print name and digest of the base image, as outputs of a workflow's step."
)
def show(environment: str, *, base: bool) -> None:
    """Show which images ENVIRONMENT expects, and which of them its repository has.

    Ends with 0 if all are there, and with 2 if one is missing.
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
    "--python-image",
    callback=_pinned,
    help="The image to build on, by digest, such as a copy of Python's in your own registry; as the Dockerfile says if "
    "omitted.",
)
def build(*, python_image: str | None) -> None:
    """Build the base image of this checkout with docker or podman, for linux/amd64.

    The packages come from the package index that pip's settings name here. The build itself needs no index.
    """
    image = _build(ContainerEngine.find(), python_image)
    echo(f"built {image}")


@images.command()
@click.argument("environment")
@click.option("--python-image", callback=_pinned, help="As of `build`, where the image is not built yet.")
@click.option("--if-deployed", is_flag=True, help="Do nothing where the environment has no repository yet.")
def push(environment: str, *, python_image: str | None, if_deployed: bool) -> None:
    """Push the base image of this checkout to the repository of ENVIRONMENT, unless it is there.

    Builds it first if it is not built. In the sandbox nothing is built: its interpreter stands for the image.
    """
    repository, config = _repository(environment)
    tag = sdk_release().image_tag
    image = f"{repository.url}:{tag}"
    try:
        digest = repository.digest_of(tag)
    except RepositoryNotFoundError:
        if not if_deployed:
            raise
        echo(f"{environment}: not deployed yet, nothing is pushed")
        return
    if digest is not None:
        echo(f"{environment}: {image} is already pushed ({digest})")
        return
    ecr = session_in(config).client("ecr")
    if is_sandbox(ecr):
        register_image(ecr, repository=repository.name, tag=tag)
        echo(f"{environment}: registered {image}; in the sandbox its own Python stands for the image")
        return
    engine = ContainerEngine.find()
    built = _build(engine, python_image)
    repository.log_in(engine)
    engine.tag(built, image)
    engine.push(image)
    echo(f"{environment}: pushed {image} ({repository.digest_of(tag)})")


def _build(engine: ContainerEngine, python_image: str | None) -> str:
    release = sdk_release()
    image = f"terrarium-base:{release.image_tag}"
    if not engine.has(image):
        arguments = (f"PYTHON_IMAGE={python_image}",) if python_image else ()
        with build_context(build_release(release)) as context:
            engine.build(context, image=image, arguments=arguments)
    return image


def _repository(environment: str) -> tuple[ImageRepository, Environment]:
    config = load_environment(environment)
    return ImageRepository(session_in(config).client("ecr"), config=config), config


def _expected(config: Environment) -> dict[str, str]:
    """The tags of the environment's own repository that its job definitions name, by the names of the images."""
    own = {name: image for name, image in config.compute.images.items() if "@" not in image}
    return {"base": sdk_release().image_tag, **own}
