"""`python -m benchmarks.peers [FOLDER]`: the comparison with three photographs; FOLDER keeps the films to look at."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers import measured
from benchmarks.photographs import photographs

with TemporaryDirectory(prefix="benchmark-") as name:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else name)
    folder.mkdir(parents=True, exist_ok=True)
    pictures, synthetic = photographs(Path(name))
    ratios = measured(folder, sorted(pictures.glob("*.jpg"))[:3])
    print(json.dumps({**ratios, "synthetic": synthetic}))
