"""Files on this machine: written atomically, locked across processes.

Foundation: every package may import it.
"""
