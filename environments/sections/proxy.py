"""The section `network.proxy`."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from environments.change import IN_PLACE
from environments.sections.section import Section

__all__ = ["Proxy"]

_PROXY = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?/?")
_EXEMPT = re.compile(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(/\d{1,2})?")


def _proxy_url(url: str) -> str:
    if not _PROXY.fullmatch(url):
        raise ValueError(
            "must be the URL of a proxy, such as http://proxy.example.com:3128, without user and password: job "
            "definitions are readable for everybody who may describe jobs"
        )
    return url


def _exempt(name: str) -> str:
    if not _EXEMPT.fullmatch(name):
        raise ValueError("must be a host, a domain or a range of addresses, such as artifacts.example.com")
    return name


class Proxy(Section):
    """The proxy of a company, for jobs, migration, promotion, tunnel, notebooks and instances."""

    url: Annotated[Annotated[str, AfterValidator(_proxy_url)] | None, IN_PLACE] = None
    """The URL of the proxy for HTTP and HTTPS, without credentials. Defaults to no proxy."""

    no_proxy: Annotated[tuple[Annotated[str, AfterValidator(_exempt)], ...], IN_PLACE] = ()
    """Hosts and domains that are reached without the proxy, besides AWS services and the database. Defaults to none."""

    @model_validator(mode="after")
    def _check_url(self) -> Self:
        if self.no_proxy and self.url is None:
            raise ValueError("no_proxy needs url, the URL of the proxy that these hosts are reached without")
        return self
