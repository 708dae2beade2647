"""Parts of libraries that are imported with the rest and that nobody here uses: they are loaded when first touched.

Only for modules that their importers bind by name and use inside functions: a `from module import name` touches it, and
nothing is gained. The standard library's LazyLoader does the same, but a second import of the module is a touch to it.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


@contextmanager
def late(*names: str) -> Iterator[None]:
    """Whatever is imported in this block gets the modules of these names unloaded, also where it asks for them."""
    with _asked_first(_Finder(names)):
        yield


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Whatever is imported in this block finds these packages not installed, unless they are loaded already."""
    with _asked_first(_Absence(packages)):
        yield


@contextmanager
def _asked_first(finder: MetaPathFinder) -> Iterator[None]:
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Absence(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(self, fullname: str, *_: Any, **__: Any) -> None:
        if fullname in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


class _Finder(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname in self._names else None
        if spec and spec.loader:
            spec.loader = _Later(spec.loader)
        return spec


class _Later(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._lock = threading.RLock()
        self._due: ModuleType | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Unloaded(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Not yet; but from here on. Before, it is only looked at by those who import it."""
        self._due = module

    def load(self) -> None:
        """Once, whoever comes first; others wait, but not the module itself, which may look for its own names."""
        with self._lock:
            if module := self._due:
                self._due = None
                self._loader.exec_module(module)
                module.__class__ = ModuleType


class _Unloaded(ModuleType):
    def __getattr__(self, name: str) -> Any:
        """For what the module does not have: before it is loaded, all that it will define."""
        loader = self.__spec__.loader if self.__spec__ else None
        if isinstance(loader, _Later):
            loader.load()
        return ModuleType.__getattribute__(self, name)
