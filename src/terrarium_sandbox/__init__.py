"""AWS on one laptop: moto in one process, with real data planes.

It imports only the foundation of the SDK, which never imports it. Of the other packages, `policies` imports its data
about AWS.
"""
