"""Fonts → shared/glyphs/coverage.json: which characters each font here can draw. Run it when a font changes."""

import json
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

HERE = Path(__file__).parent
TABLE = HERE.parents[2] / "shared" / "glyphs" / "coverage.json"


def ranges(characters: list[int]) -> list[list[int]]:
    """Sorted code points → [first, last] pairs, both included."""
    found: list[list[int]] = []
    for character in characters:
        if found and character == found[-1][1] + 1:
            found[-1][1] = character
        else:
            found.append([character, character])
    return found


def coverage(folder: Path) -> dict[str, list[list[int]]]:
    """Every font file of `folder` → the ranges of its character map."""
    return {path.name: ranges(sorted(TTFont(path).getBestCmap())) for path in sorted(folder.glob("*.ttf"))}


if __name__ == "__main__":
    lines = (f"{json.dumps(name)}: {json.dumps(found)}" for name, found in coverage(HERE).items())
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
