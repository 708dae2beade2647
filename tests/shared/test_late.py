"""A module that is imported late is the module itself, as soon as somebody wants something of it."""

import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.late import late, without

HEAVY = "import time\ntime.sleep(0.05)\nLOADED.append(1)\nfrom heavy_part import small\nfull = small.value + 1\n"


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A package `heavy_part` on the path, and a list that grows each time its body is run."""
    package = tmp_path / "heavy_part"
    package.mkdir()
    (package / "__init__.py").write_text(f"from builtins import LOADED\n{HEAVY}")
    (package / "small.py").write_text("value = 1\n")
    (tmp_path / "light_user.py").write_text(
        "import heavy_part\nimport heavy_part\n\ndef use():\n    return heavy_part.full\n"
    )
    times: list[int] = []
    monkeypatch.setattr("builtins.LOADED", times, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield times
    for name in ("heavy_part", "heavy_part.small", "light_user"):
        sys.modules.pop(name, None)


def test_what_is_only_imported_is_not_loaded(loaded: list[int]) -> None:
    with late("heavy_part"):
        importlib.import_module("light_user")
        importlib.import_module("heavy_part")
    assert loaded == []


def test_what_is_touched_is_loaded_once_and_whole(loaded: list[int]) -> None:
    with late("heavy_part"):
        user = importlib.import_module("light_user")
    with pytest.raises(AttributeError):
        _ = sys.modules["heavy_part"].nonsense
    assert user.use() == 2
    assert sys.modules["heavy_part"].small.value == 1
    assert loaded == [1]


def test_two_threads_that_touch_it_together_both_find_it_whole(loaded: list[int]) -> None:
    with late("heavy_part"):
        user = importlib.import_module("light_user")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(user.use())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, loaded) == ([2] * 8, [1])


def test_outside_the_block_modules_are_loaded_as_ever(loaded: list[int]) -> None:
    with late("heavy_part"):
        pass
    importlib.import_module("heavy_part")
    assert loaded == [1]


def test_what_is_to_be_absent_is_not_found_unless_it_is_loaded_already(loaded: list[int]) -> None:
    with without("heavy_part"), pytest.raises(ModuleNotFoundError, match="heavy_part"):
        importlib.import_module("heavy_part")
    importlib.import_module("heavy_part")  # outside the block it is there
    with without("heavy_part"):
        assert importlib.import_module("light_user").use() == 2
    assert loaded == [1]
