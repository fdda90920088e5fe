"""Program `python -m operations.delivery_stages`: prints which environments the workflows plan and deploy.

The output has the form of step outputs. `environments` is the list of all names; `main` and `release` are lists of
stages, each a list of names.
"""

import json
import sys

from environments import load_environments
from environments.delivery_stages import delivery_stages
from terrarium.errors import Error

if __name__ == "__main__":
    try:
        environments = load_environments()
    except Error as error:
        sys.exit(f"terrarium: {error}")
    print(f"environments={json.dumps([config.name for config in environments])}")
    for start in ("main", "release"):
        print(f"{start}={json.dumps(delivery_stages(environments, start))}")
