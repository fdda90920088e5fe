"""Data requirements: documents about the data that experiments need, reviewed, and compared with a dataset.

Only `terrarium` imports it: its package exports the public names.
"""

from terrarium.datasets.requirements._requirement_check import Finding, RequirementReport
from terrarium.datasets.requirements._requirement_content import Remark, RequiredColumn
from terrarium.datasets.requirements.requirement import DataRequirement

__all__ = ["DataRequirement", "Finding", "Remark", "RequiredColumn", "RequirementReport"]
