"""HTTP requests: authentication, parsing, dispatch to services, errors, and the internal interface."""
