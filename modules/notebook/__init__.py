"""What runs on a notebook instance when it starts, as one lifecycle script."""

from modules.notebook.lifecycle import on_start_script

__all__ = ["on_start_script"]
