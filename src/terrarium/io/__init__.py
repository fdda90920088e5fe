"""Files on this machine: written atomically, locked across processes."""
