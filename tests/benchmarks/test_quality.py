"""How evenly a film moves is measured by shifts far below a pixel."""

import cv2
import numpy as np
import pytest

from benchmarks.quality import _apart


def picture() -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (300, 400), np.uint8), (0, 0), 2))


def test_a_shift_of_a_twentieth_of_a_pixel_is_found() -> None:
    original = picture()
    matrix = np.array([[1, 0, 0.05], [0, 1, -0.03]])
    shifted = cv2.warpAffine(original, matrix, (400, 300), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    assert _apart(original, np.asarray(shifted, np.uint8)) == pytest.approx([0.05, -0.03], abs=0.004)


def test_lost_sharpness_is_no_shift() -> None:
    original = picture()
    blurred = cv2.GaussianBlur(original, (0, 0), 0.7)
    assert _apart(original, np.asarray(blurred, np.uint8)) == pytest.approx([0, 0], abs=0.002)
