"""The lifecycle script of notebook instances, which runs at every start.

Only `modules.workbench` imports it.
"""

from modules.notebook.lifecycle import on_start_script

__all__ = ["on_start_script"]
