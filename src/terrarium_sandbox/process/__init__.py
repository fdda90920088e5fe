"""Processes of the sandbox: start, stop, the record of the running one, and child processes.

The server and the commands of the sandbox import it.
"""
