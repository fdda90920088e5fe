"""Shell environment of clients: variables, the account that an environment pins, the mirror of providers."""
