"""Data requirements: documents about the data that experiments need, reviewed, and compared with a dataset.

Only `terrarium` imports it: its package exports the public names.
"""

from terrarium.datasets.requirements.requirement import DataRequirement
from terrarium.datasets.requirements.requirement_check import Finding, RequirementReport
from terrarium.datasets.requirements.requirement_content import Remark, RequiredColumn

__all__ = ["DataRequirement", "Finding", "Remark", "RequiredColumn", "RequirementReport"]
