"""On a child's PYTHONPATH: its edge-tts, if it ever imports it, talks to FAKE_EDGE_URL instead of the true service."""

import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

MODULE = "edge_tts.communicate"


class _Pointed(Loader):
    def __init__(self, loader: Loader, url: str) -> None:
        self._loader, self._url = loader, url

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        module.WSS_URL = self._url  # type: ignore[attr-defined]


class _Finder(MetaPathFinder):
    def __init__(self, url: str) -> None:
        self._url = url

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != MODULE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Pointed(spec.loader, self._url)
        return spec


if "FAKE_EDGE_URL" in os.environ:
    sys.meta_path.insert(0, _Finder(os.environ["FAKE_EDGE_URL"]))
