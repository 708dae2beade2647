"""An uploaded picture as Redis remembers it: `image:{id}`, for as long as the temporary object lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A stored picture: pixels as its owner sees it, size in bytes, `name` of the object."""

    id: str
    owner: str | None
    name: str
    content_type: str
    width: int
    height: int
    size: int
    expires_at: datetime


class ImageStore(Protocol):
    def put_images(self, images: Sequence[Image], repeat: str | None = None) -> None:
        """Remember them all, and that they are the answer to `repeat`, or raise `Unavailable`."""
        ...

    def uploaded(self, repeat: str) -> Sequence[Image]:
        """The pictures that were the answer before; none where there was no such upload, or one of them is gone."""
        ...

    def require_images(self, image_ids: Sequence[str], owner: str | None) -> None:
        """Raises ImageNotFound where one of them is not there, or not this owner's."""
        ...

    def whose_image(self, image_id: str) -> str | None:
        """The owner of a picture, or of one that was erased; None where that is nobody. Raises NotFound."""
        ...

    def erase_image(self, image_id: str, owner: str | None) -> None:
        """Forget all of a picture but that it was erased and whose it was."""
        ...
