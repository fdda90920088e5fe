"""Parts of URLs, and their encoding."""

from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlsplit

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction

__all__ = ["FUNCTIONS"]


def _part(url: str, part: str) -> str | None:
    """Return one part of a URL: empty if the URL does not have it, NULL if the text is not a URL."""
    try:
        split = urlsplit(url)
        if part == "port":
            return None if split.port is None else str(split.port)
    except ValueError:
        return None
    if any(character.isspace() for character in url):
        return None
    if part == "host":
        return _host(split.netloc)
    return {"protocol": split.scheme, "path": split.path, "query": split.query, "fragment": split.fragment}[
        part
    ]


def _host(netloc: str) -> str:
    address = netloc.rpartition("@")[2]
    if address.startswith("["):
        return address[: address.index("]") + 1]
    return address.partition(":")[0]


def _parameter(url: str, name: str) -> str | None:
    try:
        query = urlsplit(url).query
    except ValueError:
        return None
    pairs = parse_qsl(query, keep_blank_values=True)
    return next((value for key, value in pairs if key == name), None)


FUNCTIONS = {
    "url_decode": ScalarFunction(lambda text: unquote_plus(text), ("VARCHAR",), "VARCHAR"),
    # Java's form encoding: letters, digits and `*-._` remain unchanged, a space becomes a plus sign.
    "url_encode": ScalarFunction(
        lambda text: quote_plus(text, safe="*").replace("~", "%7E"), ("VARCHAR",), "VARCHAR"
    ),
    "url_parameter": ScalarFunction(_parameter, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "url_part": ScalarFunction(_part, ("VARCHAR", "VARCHAR"), "VARCHAR"),
}
