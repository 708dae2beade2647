"""Frames + sound → MP4, through ffmpeg: one process encodes the frames, one joins the sound to them."""

import contextvars
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import imageio_ffmpeg

from shared import log
from shared.errors import RenderFailed

from .timeline import FPS

STOPPED_BY_SIGNAL: Final = 255  # how ffmpeg ends when it is told to stop, SIGTERM for one
STDERR_KEPT: Final = 4000  # bytes of ffmpeg's last words
PIPE_BYTES: Final = 1024 * 1024  # as much of a frame as Linux lets wait in a pipe
WAIT_SLICE: Final = 0.25  # seconds between two looks whether the work must stop
DRAWN_AHEAD: Final = 1  # frames that wait for the encoder: with the one drawn and the one written, frames.RING


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """`scale` is of the contract's frame; preset and crf are x264's."""

    scale: float
    preset: str
    crf: int
    trellis: int = 1
    aac_coder: str = "twoloop"


QUALITIES: Final = {
    "preview": Quality(scale=1 / 2, preset="superfast", crf=28, trellis=0, aac_coder="fast"),
    "standard": Quality(scale=1.0, preset="veryfast", crf=24),
    "high": Quality(scale=1.0, preset="veryfast", crf=19),
}
X264: Final = ":".join(
    (
        "subme=1",  # a quarter less CPU for 8 % more bytes, which trellis=1 gives back, at better quality
        "partitions=none",  # a tenth less CPU; smooth motion has little use for small blocks
        "me=dia",  # motion here is a few pixels a frame
        "bframes=3",  # bi-prediction makes slow motion cheap; five would save more, but let the picture tremble visibly
        "b-adapt=0",  # always as many, not chosen by trial: a sixth less CPU and a fifth fewer bytes
        "rc-lookahead=8",  # 8 frames instead of 10: 10 to 20 MB less, for 0.3 of VMAF
        "sync-lookahead=0",  # 20 MB less for the same bytes: looking ahead needs no thread of its own here
        "sliced-threads=1",  # 25 MB less: two threads share one frame instead of holding one each
        "scenecut=0",  # we know where the cuts are, and say so
        "colorprim=bt709",  # ffmpeg takes these from its input, which cannot tell them
        "transfer=bt709",
        "colormatrix=bt709",
        f"keyint={10 * FPS}",  # LinkedIn encodes again anyway; two-second groups cost 16 % more bytes
    )
)


def encode(
    frames: Iterable[memoryview],
    target: Path,
    *,
    size: tuple[int, int],
    quality: Quality,
    keyframes: Sequence[float] = (),
    check: Callable[[], None] = lambda: None,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Encode planar YUV 4:2:0 frames (BT.709, limited range) to a silent H.264 MP4.

    `keyframes` are seconds at which a key frame must stand. `check` raises when the work must stop: ffmpeg is killed
    then; it is called several times a second, from another thread. `progress` gets the number of frames written.
    Raises RenderFailed.
    """
    width, height = size
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner", "-nostdin", "-y",
        "-loglevel", "error",
        "-f", "rawvideo",
        "-pix_fmt", "yuv420p",
        "-s", f"{width}x{height}",
        "-r", str(FPS),
        "-color_range", "tv",
        "-i", "pipe:0",
        "-c:v", "libx264",
        "-preset", quality.preset,
        "-crf", str(quality.crf),
        "-profile:v", "high",
        "-x264-params", f"{X264}:trellis={quality.trellis}",
        *(["-force_key_frames", ",".join(f"{at:.3f}" for at in keyframes)] if keyframes else []),
        "-threads", str(min(2, os.cpu_count() or 1)),  # more threads cost memory, and other films their turn
        "-pix_fmt", "yuv420p",  # players refuse anything else
        "-color_range", "tv",
        "-chroma_sample_location", "left",
        str(target),
    ]  # fmt: skip
    with Process(command, check) as ffmpeg, DrawnAhead(frames) as drawn:
        for number, frame in enumerate(drawn):
            ffmpeg.write(frame)
            progress(number + 1)
        ffmpeg.finish()


def join(film: Path, sound: Path, target: Path, *, check: Callable[[], None] = lambda: None) -> None:
    """One file out of a silent film and its sound, neither encoded again; playable before it is all there."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner", "-nostdin", "-y",
        "-loglevel", "error",
        "-i", str(film),
        "-i", str(sound),
        "-map", "0:v",
        "-map", "1:a",
        "-c", "copy",
        "-map_metadata", "-1",
        "-movflags", "+faststart",
        str(target),
    ]  # fmt: skip
    with Process(command, check) as ffmpeg:
        ffmpeg.finish()


class Process:
    """An ffmpeg that never outlives its block: its stderr is drained, its last words are logged when it fails.

    A thread asks `check` and kills ffmpeg when it raises: a write to one that stands still would wait for ever.
    """

    def __init__(self, command: Sequence[str], check: Callable[[], None]) -> None:
        self._command = command
        self._check = check
        self._stopped: BaseException | None = None
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, name="watch-ffmpeg", daemon=True)

    def __enter__(self) -> "Process":
        self._stderr = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._stderr
            )
        except OSError as error:
            self._stderr.close()
            raise RenderFailed("The film could not be encoded: the encoder does not start.") from error
        assert self._process.stdin
        self._stdin: IO[bytes] = self._process.stdin
        _widen(self._stdin.fileno())
        self._watch.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._watch.join()
        if self._process.poll() is None:
            self._process.kill()
        try:
            self._stdin.close()
        except BrokenPipeError:
            log.event("encoder_pipe_broken")
        self._process.wait()
        self._stderr.close()

    def write(self, data: memoryview) -> None:
        """Hand over all of `data`; raises RenderFailed when ffmpeg is gone, or what `check` raised."""
        try:
            while data.nbytes:
                data = data[os.write(self._stdin.fileno(), data) :]
        except OSError as error:
            raise (self._stopped or self._failed()) from error

    def finish(self) -> None:
        """Say that this was all, and wait for a good end; raises RenderFailed, or what `check` raised."""
        self._stdin.close()
        code = self._process.wait()
        if self._stopped:
            raise self._stopped
        if code:
            raise self._failed()

    def _look(self) -> None:
        while not self._over.wait(WAIT_SLICE):
            try:
                self._check()
            except BaseException as error:  # raised again in the thread that encodes, where it belongs
                self._stopped = error
                self._process.kill()
                return

    def _failed(self) -> RenderFailed:
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - STDERR_KEPT))
        last_words = self._stderr.read().decode(errors="replace").strip()
        code = self._process.returncode
        log.event("ffmpeg_failed", code=code, last_words=last_words)
        killed = code is None or code < 0 or code == STOPPED_BY_SIGNAL  # by the machine, not by the film
        return RenderFailed("The film could not be encoded.", hint="Send the post again.", retryable=killed)


class DrawnAhead:
    """Iterates over frames that a thread draws while the encoder takes the one before."""

    def __init__(self, frames: Iterable[memoryview]) -> None:
        self._frames = frames
        self._queue: queue.Queue[memoryview | BaseException | None] = queue.Queue(DRAWN_AHEAD)
        self._stop = threading.Event()
        context = contextvars.copy_context()  # what is logged while drawing belongs to this job
        self._thread = threading.Thread(target=context.run, args=(self._draw,), name="draw", daemon=True)

    def __enter__(self) -> "DrawnAhead":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def __iter__(self) -> Iterator[memoryview]:
        while (frame := self._queue.get()) is not None:
            if isinstance(frame, BaseException):
                raise frame
            yield frame

    def _draw(self) -> None:
        end: BaseException | None = None
        try:
            for frame in self._frames:
                if not self._hand_over(frame):
                    return
        except BaseException as error:  # raised again in the thread that encodes, where it belongs
            end = error
        self._hand_over(end)

    def _hand_over(self, frame: memoryview | BaseException | None) -> bool:
        """Whether somebody still wants frames."""
        while not self._stop.is_set():
            try:
                self._queue.put(frame, timeout=WAIT_SLICE)
            except queue.Full:
                continue
            return True
        return False


def _widen(descriptor: int) -> None:
    """A larger pipe where the system allows it (Linux): fewer switches between us and the encoder."""
    try:
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        log.event("pipe_not_widened")
