"""Fine grain: what keeps a smooth gradient from breaking into bands once it is eight bits deep and encoded."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

TILE: Final = 512  # pixels: repeated it shows no pattern, and fresh noise everywhere would cost ten times as much


def grain(height: int, width: int, strength: float, seed: int = 0) -> NDArray[np.float32]:
    """height x width float32 noise around 0 with the standard deviation `strength`; the same for the same seed."""
    noise = np.random.default_rng(seed).standard_normal((TILE, TILE), dtype=np.float32) * np.float32(strength)
    return np.tile(noise, (-(-height // TILE), -(-width // TILE)))[:height, :width]
