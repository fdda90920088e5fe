"""Program `python -m operations.delivery_role ENVIRONMENT plan|deploy`: prints the role that a workflow assumes.

The output has the form of step outputs: `role=…` and `region=…`.
"""

import sys

from environments import Environment, load_environment
from modules.names import Limit, Names
from terrarium.errors import Error

__all__ = ["delivery_role_arn"]


def delivery_role_arn(config: Environment, kind: str) -> str:
    """Return the ARN of the role that plans or deploys an environment; it follows from the name."""
    names = Names.of(config)
    name = names.physical(f"ci-{kind}", limit=Limit.IAM_ROLE)
    return names.identity("role", name)


if __name__ == "__main__":
    try:
        environment, kind = sys.argv[1:]
        config = load_environment(environment)
    except ValueError:
        sys.exit("usage: python -m operations.delivery_role ENVIRONMENT plan|deploy")
    except Error as error:
        sys.exit(f"terrarium: {error}")
    print(f"role={delivery_role_arn(config, kind)}\nregion={config.region}")
