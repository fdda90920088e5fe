"""Pickling of moto's objects, including those that do not support it."""

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
    """Pickles registries of moto by name, bodies of S3 objects as files, and other objects as far as they can be.

    Args:
        file: The file to write to.
        bodies: The bodies of S3 objects.

    Attributes:
        bodies: The names of the bodies of the pickled objects.
    """

    def __init__(self, file: IO[bytes], bodies: ObjectBodies) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._bodies = bodies
        self.bodies: set[str] = set()

    def persistent_id(self, obj: Any) -> Any:
        """Return the name of an object that is not pickled itself."""
        if isinstance(obj, BackendDict):
            return "registry", _name_of(obj)
        if isinstance(obj, StoredBody):
            self.bodies.add(obj.file.name)
            return "body", obj.file.name
        return None

    def reducer_override(self, obj: Any) -> Any:
        """Return how to create an object again, as `object.__reduce__` does."""
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
        if hasattr(obj, "private_bytes"):  # a private key of any kind of the cryptography package
            return _private_key, (obj.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),)
        return super().reducer_override(obj)  # lambdas and local functions


class Unpickler(pickle.Unpickler):
    """Unpickles what `Pickler` wrote.

    Args:
        file: The file to read.
        bodies: The bodies of S3 objects.
    """

    def __init__(self, file: IO[bytes], bodies: ObjectBodies) -> None:
        super().__init__(file)
        self._bodies = bodies

    def persistent_load(self, pid: Any) -> Any:
        """Return the object of a name that `Pickler.persistent_id` returned."""
        kind, name = pid
        return _registry(name) if kind == "registry" else self._bodies.body(name)


# No lock is held when the state is loaded.
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
    """Pickle a model that is a thread, such as a job of Batch, without its execution."""
    held = {name: value for name, value in vars(thread).items() if name not in _OF_EVERY_THREAD}
    return copyreg.__newobj__, (type(thread),), held, None, None, _fill_thread  # type: ignore[attr-defined] # not in typeshed


def _fill_thread(thread: threading.Thread, held: dict[str, Any]) -> None:
    threading.Thread.__init__(thread)
    vars(thread).update(held)


def _reduce_mapping(mapping: dict[Any, Any]) -> Any:
    """Pickle the content of moto's subclasses of dict, whose methods return other values, such as the last version."""
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
    """Return the module and the name of the variable of a registry, as `module:name`."""
    module = sys.modules[registry.backend.__module__]
    return next(f"{module.__name__}:{name}" for name, value in vars(module).items() if value is registry)


def _registry(name: str) -> BackendDict[Any]:
    module, _, variable = name.partition(":")
    registry = getattr(importlib.import_module(module), variable)
    assert isinstance(registry, BackendDict)  # noqa: S101 - for the type checker; `_name_of` wrote it
    return registry
