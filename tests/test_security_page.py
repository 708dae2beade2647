"""SECURITY.md names a test for each threat, and each of them exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`([\w/]*\.py|)::(\w+)`")


def rows() -> list[tuple[str, str]]:
    """(threat, the cell of its tests) of every table."""
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in (ROOT / "SECURITY.md").read_text().splitlines()
        if line.startswith("| ")
    ]
    return [(row[0].strip("| "), row[-1]) for row in cells if row[0].strip("| ") != "threat"]


@cache
def named_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_there_are_threats() -> None:
    assert len(rows()) > 30


@pytest.mark.parametrize(("threat", "tests"), rows(), ids=[threat for threat, _ in rows()])
def test_every_threat_is_tried_by_tests_that_exist(threat: str, tests: str) -> None:
    named = NAMED.findall(tests)
    assert named and len(named) == tests.count("::") and named[0][0], threat
    file = ""
    for new_file, name in named:
        file = new_file or file
        assert name in named_in(file), f"{file}::{name}"
