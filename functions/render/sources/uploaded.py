"""The user's own pictures, in their order."""

import io
import struct
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.errors import RenderFailed
from shared.styles import Palette

from ..pictures import Picture
from .placing import MIDDLE, fills, focus_of, on_itself, on_palette, whole_size, work_size

TRAVEL_WHEN_WHOLE = 0.35  # placing.FIELD leaves a twentieth of the frame at each side


class UploadedPictures:
    """MediaSource over stored JPEG and PNG files, shown in order and again from the first."""

    def __init__(self, images: Sequence[bytes], ground: Palette) -> None:
        self._images = tuple(images)
        self._ground = ground

    def find(self, shot: int, frame: tuple[int, int]) -> Picture:
        """Picture number `shot`, counted round and round. Raises RenderFailed where it cannot be decoded."""
        index = shot % len(self._images)
        try:
            return self._placed(self._images[index], frame)
        except (OSError, ValueError, SyntaxError, struct.error) as error:
            raise RenderFailed(f"Picture {index + 1} cannot be read; upload it again.") from error

    def _placed(self, data: bytes, frame: tuple[int, int]) -> Picture:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            cut_out = "A" in image.getbands()
            filling = fills(image.size, frame) and not cut_out
            size = work_size(image.size, frame) if filling else whole_size(image.size, frame)
            image.draft("RGB", size)  # decodes a JPEG at 1/2, 1/4 or 1/8 where that is enough
            pixels = _pixels(image, size, "RGBA" if cut_out else "RGB")
        if filling:
            return Picture(pixels=pixels, focus=focus_of(pixels), source="uploaded")
        whole = on_palette(pixels, frame, self._ground) if cut_out else on_itself(pixels, frame)
        return Picture(pixels=whole, focus=(0.5, MIDDLE), travel=TRAVEL_WHEN_WHOLE, source="uploaded")


def _pixels(image: Image.Image, size: tuple[int, int], mode: str) -> NDArray[np.uint8]:
    """Decoded and scaled, in OpenCV's order."""
    scaled = (image if image.mode == mode else image.convert(mode)).resize(size, Image.Resampling.LANCZOS)
    order = cv2.COLOR_RGBA2BGRA if mode == "RGBA" else cv2.COLOR_RGB2BGR
    return np.asarray(cv2.cvtColor(np.asarray(scaled), order), np.uint8)
