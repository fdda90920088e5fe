"""Order in which workflows deploy environments: stages, each after the one before."""

from collections.abc import Iterable, Mapping

from environments.model import Environment

__all__ = ["STAGES", "delivery_stages", "misordered"]

STAGES = 3
"""Jobs for stages in each workflow: GitHub creates no jobs at run time. `delivery.after` can chain as many
environments."""


def misordered(environments: Iterable[Environment]) -> Mapping[str, str]:
    """Return what is wrong with `delivery.after`, by the name of the environment."""
    by_name = {config.name: config for config in environments}
    problems = {config.name: _problem(config, by_name) for config in by_name.values()}
    return {name: problem for name, problem in problems.items() if problem}


def delivery_stages(environments: Iterable[Environment], start: str) -> tuple[tuple[str, ...], ...]:
    """Return the names of the environments with `delivery.deploys_on = start`, by stage.

    Args:
        environments: Environments without a problem in `misordered`.
        start: `main` or `release`.
    """
    by_name = {config.name: config for config in environments if config.delivery.deploys_on == start}
    stage_of = {config.name: len(_chain(config, by_name)) for config in by_name.values()}
    return tuple(
        tuple(sorted(name for name, own in stage_of.items() if own == stage))
        for stage in sorted(set(stage_of.values()))
    )


def _problem(config: Environment, by_name: Mapping[str, Environment]) -> str | None:
    after, start = config.delivery.after, config.delivery.deploys_on
    if after is None:
        return None
    same = sorted(
        other.name for other in by_name.values() if other != config and other.delivery.deploys_on == start
    )
    if after not in same:
        return (
            f'another environment with deploys_on = "{start}" '
            f"({', '.join(same) if same else 'there is none: remove the field'})"
        )
    chain = _chain(config, by_name)
    if len(chain) > len(set(chain)):
        return f"no environment that waits for this one ({' -> '.join(chain)})"
    if len(chain) > STAGES:
        return f"at most {STAGES} environments in a row ({' -> '.join(chain)})"
    return None


def _chain(config: Environment, by_name: Mapping[str, Environment]) -> list[str]:
    """Return the names from `config` to the environment that waits for none, or to the first name that repeats."""
    chain = [config.name]
    while (after := by_name[chain[-1]].delivery.after) in by_name and after:
        chain.append(after)
        if after in chain[:-1]:
            break
    return chain
