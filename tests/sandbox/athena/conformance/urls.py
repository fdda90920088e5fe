"""URL functions."""

__all__ = ["CASES", "FAILURES", "SOURCE"]

SOURCE = "url.html"

_URL = "'https://user@example.com:8080/path/to?a=1&b=x%20y&c#part'"

CASES = [
    (f"url_extract_protocol({_URL})", "https"),
    (f"url_extract_host({_URL})", "example.com"),
    (f"url_extract_port({_URL})", "8080"),
    ("url_extract_port('http://example.com/')", None),
    (f"url_extract_path({_URL})", "/path/to"),
    (f"url_extract_query({_URL})", "a=1&b=x%20y&c"),
    (f"url_extract_fragment({_URL})", "part"),
    ("url_extract_fragment('http://example.com/')", ""),
    ("url_extract_query('http://example.com/')", ""),
    (f"url_extract_parameter({_URL}, 'a')", "1"),
    (f"url_extract_parameter({_URL}, 'b')", "x y"),
    (f"url_extract_parameter({_URL}, 'c')", ""),
    (f"url_extract_parameter({_URL}, 'd')", None),
    ("url_extract_host('http://not a url')", None),
    ("url_encode('a b&c=ü')", "a+b%26c%3D%C3%BC"),
    ("url_encode('a*-._b')", "a*-._b"),
    ("url_decode('a+b%26c')", "a b&c"),
]

FAILURES: list[tuple[str, str]] = []
