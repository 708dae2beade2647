"""Watching and limiting processes, where that needs no root."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.limits import Footprint, NoLimits, group, inside

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
HOLD = "import sys, time; held = bytearray(60_000_000); print('held', flush=True); sys.stdin.read()"
NESTED = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}])"


def test_the_memory_of_children_counts() -> None:
    process = subprocess.Popen([sys.executable, "-c", NESTED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with Footprint(process.pid) as footprint:
        assert process.stdout and process.stdout.readline() == "held\n"
        time.sleep(3 * Footprint.EVERY)
        process.communicate("")
    assert 60 <= footprint.peak <= 120


def test_a_command_puts_itself_into_its_group_before_it_begins(tmp_path: Path) -> None:
    done = subprocess.run(inside(tmp_path, ["echo", "a b", "$HOME"]), capture_output=True, text=True, check=True)
    assert done.stdout == "a b $HOME\n"
    assert (tmp_path / "cgroup.procs").read_text().strip().isdecimal()


def test_a_machine_without_control_groups_says_so() -> None:
    with pytest.raises(NoLimits, match="nothing-like-it"), group("nothing-like-it", {}):
        pass
