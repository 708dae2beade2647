"""The film with nothing but ffmpeg, in the two ways that tutorials teach: one file a picture, or one filter graph."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import imageio_ffmpeg

from benchmarks.peers.material import FONT, Line, Material, Shot

ZOOM: Final = (1.04, 1.16)
SUPERSAMPLING: Final = 4  # zoompan moves by whole pixels of its input: people enlarge it first
LINE_HEIGHT: Final = 1.4  # ASS gives sizes with the room above and below the letters
X264: Final = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p")  # ours' preset and crf
AAC: Final = ("-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart")


def naive(material: Material, scratch: Path, target: Path) -> float:
    """One zoompan film a picture; the concat demuxer; captions burned in; the sound joined. Seconds it took."""
    began = time.monotonic()
    _write_captions(material, scratch)
    names = []
    for number, shot in enumerate(material.shots):
        frames = round(shot.end * material.fps) - round(shot.start * material.fps)
        graph = f"{_cropped(material)},{_zoom(material, frames)}"
        _ffmpeg(scratch, "-i", shot.picture, "-vf", graph, "-frames:v", str(frames), *X264, f"part{number}.mp4")
        names.append(f"file part{number}.mp4\n")
    (scratch / "parts.txt").write_text("".join(names))
    _ffmpeg(scratch, "-f", "concat", "-i", "parts.txt", "-c", "copy", "joined.mp4")
    _ffmpeg(scratch, "-i", "joined.mp4", "-vf", "ass=captions.ass:fontsdir=fonts", *X264, "captioned.mp4")
    _ffmpeg(scratch, "-i", "captioned.mp4", "-i", material.sound, "-c:v", "copy", *AAC, str(target.resolve()))
    return time.monotonic() - began


def zoompan4(material: Material, scratch: Path, target: Path) -> float:
    """One graph: every picture enlarged four times and moved, cross-faded, captions over it. Seconds it took."""
    began = time.monotonic()
    _write_captions(material, scratch)
    inputs = [argument for shot in material.shots for argument in ("-i", shot.picture)]
    video = [*_moving(material), *_faded(material.shots), "[faded]ass=captions.ass:fontsdir=fonts[film]"]
    graph = ";".join(video)
    sound = f"{len(material.shots)}:a"
    maps = ("-map", "[film]", "-map", sound)
    _ffmpeg(scratch, *inputs, "-i", material.sound, "-filter_complex", graph, *maps, *X264, *AAC, str(target.resolve()))
    return time.monotonic() - began


def _moving(material: Material) -> list[str]:
    """A chain a picture, as long as its span and its half of the fades at both ends."""
    large = f"{SUPERSAMPLING * material.width}:{SUPERSAMPLING * material.height}"
    chains = []
    for number, shot in enumerate(material.shots):
        begin, end = shot.start, shot.end
        if number:
            begin -= shot.fade / 2
        if number < len(material.shots) - 1:
            end += material.shots[number + 1].fade / 2
        frames = round(end * material.fps) - round(begin * material.fps)
        enlarged = f"scale={large}:force_original_aspect_ratio=increase,crop={large}"
        chains.append(f"[{number}:v]{enlarged},{_zoom(material, frames)},format=yuv420p,settb=AVTB[moving{number}]")
    return chains


def _faded(shots: Sequence[Shot]) -> list[str]:
    last, links = "moving0", []
    for number, shot in enumerate(shots[1:], start=1):
        following = "faded" if number == len(shots) - 1 else f"until{number}"
        offset = shot.start - shot.fade / 2
        links.append(f"[{last}][moving{number}]xfade=duration={shot.fade:.3f}:offset={offset:.3f}[{following}]")
        last = following
    return links or [f"[{last}]null[faded]"]


def _cropped(material: Material) -> str:
    width, height = material.width, material.height
    return f"crop='min(iw,ih*{width}/{height})':'min(ih,iw*{height}/{width})'"


def _zoom(material: Material, frames: int) -> str:
    zoom = f"{ZOOM[0]}+{ZOOM[1] - ZOOM[0]:.3f}*on/{frames}"
    middle = "x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2'"
    return f"zoompan=z='{zoom}':{middle}:d={frames}:s={material.width}x{material.height}:fps={material.fps}"


def _write_captions(material: Material, scratch: Path) -> None:
    """An ASS file that marks the spoken word, and a folder with its font."""
    fonts = scratch / "fonts"
    fonts.mkdir(exist_ok=True)
    if not (fonts / FONT.name).exists():
        (fonts / FONT.name).symlink_to(FONT)
    size = round(LINE_HEIGHT * material.letter_size)
    style = (
        f"Style: Default,Inter ExtraBold,{size},{_colour(material.text)},&H000000FF,"
        f"{_colour(material.plate)},{_colour(material.plate)},0,0,0,0,100,100,0,0,3,12,0,2,60,60,"
        f"{round(material.height * 0.14)},1"
    )
    events = [event for line in material.lines for event in _events(line, material)]
    (scratch / "captions.ass").write_text(
        f"[Script Info]\nScriptType: v4.00+\nPlayResX: {material.width}\nPlayResY: {material.height}\n\n"
        "[V4+ Styles]\nFormat: Name,Fontname,Fontsize,PrimaryColour,SecondaryColour,OutlineColour,BackColour,Bold,"
        "Italic,Underline,StrikeOut,ScaleX,ScaleY,Spacing,Angle,BorderStyle,Outline,Shadow,Alignment,MarginL,MarginR,"
        f"MarginV,Encoding\n{style}\n\n"
        "[Events]\nFormat: Layer,Start,End,Style,Name,MarginL,MarginR,MarginV,Effect,Text\n" + "".join(events)
    )


def _events(line: Line, material: Material) -> list[str]:
    """One event for each word of a caption: the whole caption, with that word in another colour."""
    edges = [line.start, *line.marks[1:], min(line.end, material.seconds)]
    events = []
    for number in range(len(line.words)):
        words = list(line.words)
        words[number] = rf"{{\c{_colour(material.accent)}&}}{words[number]}{{\r}}"
        start, end = _clock(edges[number]), _clock(edges[number + 1])
        events.append(f"Dialogue: 0,{start},{end},Default,,0,0,0,,{' '.join(words)}\n")
    return events


def _colour(html: str) -> str:
    """#rrggbb → ASS's &H00BBGGRR."""
    return f"&H00{html[5:7]}{html[3:5]}{html[1:3]}".upper()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes // 60)}:{int(minutes % 60):02}:{rest:05.2f}"


def _ffmpeg(folder: Path, *arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *arguments]
    subprocess.run(command, cwd=folder, check=True)
