"""What experiments need from upstream, written down, reviewed, and held against the dataset that is there."""

from terrarium.datasets.requirements.checked import Finding, RequirementReport
from terrarium.datasets.requirements.requirement import DataRequirement, Remark, RequiredColumn

__all__ = ["DataRequirement", "Finding", "Remark", "RequiredColumn", "RequirementReport"]
