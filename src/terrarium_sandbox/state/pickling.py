"""How moto's objects are pickled: they were not made for it."""

import copyreg
import importlib
import pickle
import subprocess
import sys
import threading
import weakref
from collections import defaultdict
from typing import IO, Any

import cloudpickle
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from moto.core.base_backend import BackendDict
from moto.s3.models import FakeKey

from terrarium_sandbox.state.object_bodies import ObjectBodies, StoredBody

__all__ = ["Pickler", "Unpickler"]


class Pickler(cloudpickle.Pickler):  # type: ignore[misc] # cloudpickle has no types
    """Writes registries of moto's by name, bodies of objects as files, and the rest as far as it can outlive us.

    Args:
        file: Where it writes to.
        bodies: Where the bodies of S3 objects go.

    Attributes:
        bodies: The names of the bodies that what was written refers to.
    """

    def __init__(self, file: IO[bytes], bodies: ObjectBodies) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._bodies = bodies
        self.bodies: set[str] = set()

    def persistent_id(self, obj: Any) -> Any:
        """What stands for an object that is not pickled itself."""
        if isinstance(obj, BackendDict):
            return "registry", _name_of(obj)
        if isinstance(obj, StoredBody):
            self.bodies.add(obj.file.name)
            return "body", obj.file.name
        return None

    def reducer_override(self, obj: Any) -> Any:
        """How to make an object anew, in the terms of `object.__reduce__`."""
        if isinstance(obj, FakeKey):
            return self._bodies.reduce(obj)
        if isinstance(obj, dict) and type(obj).__module__.startswith("moto."):
            return _reduce_mapping(obj)
        if type(obj) in _NOT_HELD:
            return _NOT_HELD[type(obj)], ()
        if type(obj) in _OF_THE_PROCESS:
            return _nothing, ()
        if isinstance(obj, threading.Thread):
            return _reduce_thread(obj)
        if isinstance(obj, weakref.WeakValueDictionary):
            return type(obj), (dict(obj),)
        if hasattr(obj, "private_bytes"):  # a private key of the cryptography package, of whatever kind
            return _private_key, (obj.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),)
        return super().reducer_override(obj)  # lambdas and local functions


class Unpickler(pickle.Unpickler):
    """Reads what `Pickler` wrote.

    Args:
        file: What was written.
        bodies: Where the bodies of S3 objects are.
    """

    def __init__(self, file: IO[bytes], bodies: ObjectBodies) -> None:
        super().__init__(file)
        self._bodies = bodies

    def persistent_load(self, pid: Any) -> Any:
        """What `Pickler.persistent_id` stood for."""
        kind, name = pid
        return _registry(name) if kind == "registry" else self._bodies.body(name)


# Nobody holds a lock when the state is loaded.
_NOT_HELD = {
    type(threading.Lock()): threading.Lock,
    type(threading.RLock()): threading.RLock,
    threading.Condition: threading.Condition,
    threading.Event: threading.Event,
}
# They end with the process that saves them.
_OF_THE_PROCESS = (threading.Thread, threading.Timer, subprocess.Popen)
_OF_EVERY_THREAD = frozenset(vars(threading.Thread()))


def _nothing() -> None:
    return None


def _private_key(pem: bytes) -> Any:
    return load_pem_private_key(pem, password=None)


def _reduce_thread(thread: threading.Thread) -> Any:
    """A model that is a thread too, as Batch's jobs are: it is kept, and does not run any more."""
    held = {name: value for name, value in vars(thread).items() if name not in _OF_EVERY_THREAD}
    return copyreg.__newobj__, (type(thread),), held, None, None, _fill_thread  # type: ignore[attr-defined] # not in typeshed


def _fill_thread(thread: threading.Thread, held: dict[str, Any]) -> None:
    threading.Thread.__init__(thread)
    vars(thread).update(held)


def _reduce_mapping(mapping: dict[Any, Any]) -> Any:
    """Moto's own kinds of dict give out and take in something else than they hold: a key's last version, say."""
    held = dict(dict.items(mapping))
    factory = mapping.default_factory if isinstance(mapping, defaultdict) else None
    state = (held, vars(mapping), factory)
    return copyreg.__newobj__, (type(mapping),), state, None, None, _fill_mapping  # type: ignore[attr-defined] # not in typeshed


def _fill_mapping(mapping: dict[Any, Any], state: tuple[dict[Any, Any], dict[str, Any], Any]) -> None:
    held, attributes, factory = state
    dict.update(mapping, held)
    vars(mapping).update(attributes)
    if isinstance(mapping, defaultdict):
        mapping.default_factory = factory


def _name_of(registry: BackendDict[Any]) -> str:
    """Module and name of the variable that holds the registry, as `module:name`."""
    module = sys.modules[registry.backend.__module__]
    return next(f"{module.__name__}:{name}" for name, value in vars(module).items() if value is registry)


def _registry(name: str) -> BackendDict[Any]:
    module, _, variable = name.partition(":")
    registry = getattr(importlib.import_module(module), variable)
    assert isinstance(registry, BackendDict)  # noqa: S101 - for the type checker; `_name_of` wrote it
    return registry
