"""The table of EC2's instance types in the SDK: `python -m tests.instance_type_table` writes it.

Names are those of EC2's API model in the locked botocore; resources are those of `describe-instance-types` of us-east-1
as the locked moto holds them. A type that us-east-1 does not offer has a name and an architecture only.
"""

import csv
import io
import re
from pathlib import Path
from typing import Any

from botocore.loaders import Loader
from moto.ec2.models.instance_types import INSTANCE_TYPES

__all__ = ["TABLE", "instance_type_table"]

TABLE = Path(__file__).parents[1] / "src" / "terrarium" / "instance_types.csv"
_COLUMNS = (
    "type",
    "architecture",
    "vcpus",
    "memory_mib",
    "gpus",
    "neuron_devices",
    "efa_interfaces",
    "network_cards",
)
# `g` after the generation is Graviton (EC2 User Guide, "Instance type naming conventions"); gb200 is Grace Blackwell.
_ARM = re.compile(r"a1\..+|[a-z]+\d+g[a-z]*(-[a-z0-9]+)?\..+|.+-gb\d+\..+")


def instance_type_table() -> str:
    """Return the content of the table, sorted by name."""
    names = Loader().load_service_model("ec2", "service-2")["shapes"]["InstanceType"]["enum"]
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(_COLUMNS)
    # Batch runs Linux: Mac instances run macOS.
    writer.writerows(_row(name) for name in sorted({*names, *INSTANCE_TYPES}) if not name.startswith("mac"))
    return output.getvalue()


def _row(name: str) -> tuple[str | int, ...]:
    found: dict[str, Any] | None = INSTANCE_TYPES.get(name)
    if found is None:
        return (name, "arm64" if _ARM.fullmatch(name) else "x86_64", *[""] * (len(_COLUMNS) - 2))
    arm = "arm64" in found["ProcessorInfo"]["SupportedArchitectures"]
    return (
        name,
        "arm64" if arm else "x86_64",
        found["VCpuInfo"]["DefaultVCpus"],
        found["MemoryInfo"]["SizeInMiB"],
        sum(gpu["Count"] for gpu in found.get("GpuInfo", {}).get("Gpus", ())),
        sum(device["Count"] for device in found.get("NeuronInfo", {}).get("NeuronDevices", ())),
        found["NetworkInfo"].get("EfaInfo", {}).get("MaximumEfaInterfaces", 0),
        found["NetworkInfo"].get("MaximumNetworkCards", 1),
    )


if __name__ == "__main__":
    TABLE.write_text(instance_type_table(), encoding="utf-8")
