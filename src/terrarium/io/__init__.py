"""Files on this machine: written atomically, locked across processes.

Foundation: all higher layers may import it.
"""
