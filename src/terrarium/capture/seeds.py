"""Seeds and states of random number generators."""

import os
import random

from terrarium.imported_module import imported_module
from terrarium.io.digest import digest_of
from terrarium.record.sections import Seeds

__all__ = ["capture_seeds", "seed_generators"]


def seed_generators(seed: int) -> None:
    """Seed Python's generator, and those of NumPy and PyTorch if they are imported."""
    random.seed(seed)
    if numpy := imported_module("numpy"):
        numpy.random.seed(seed % 2**32)
    if torch := imported_module("torch"):
        torch.manual_seed(seed)


def capture_seeds() -> Seeds:
    """Return known seeds of generators, and digests of their states, which show whether two runs started equally."""
    given = {}
    states = {"random": digest_of(repr(random.getstate()).encode())}
    hash_seed = os.environ.get("PYTHONHASHSEED", "random")
    if hash_seed != "random":
        given["PYTHONHASHSEED"] = int(hash_seed)
    if numpy := imported_module("numpy"):
        name, keys, *rest = numpy.random.get_state()
        states["numpy"] = digest_of(repr((name, rest)).encode() + keys.tobytes())
    if torch := imported_module("torch"):
        given["torch"] = torch.initial_seed()
        states["torch"] = digest_of(torch.get_rng_state().numpy().tobytes())
    return Seeds(given=given, states=states)
