"""Shell environment of clients: variables, the account that an environment pins, the mirror of providers.

Commands and the internal interface of the sandbox import it.
"""
