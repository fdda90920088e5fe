"""HTTP requests: authentication, parsing, dispatch to services, errors, and the internal interface.

The server of the sandbox and the parts that register routes import it.
"""
