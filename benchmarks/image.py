"""A Dockerfile's steps, performed in a bare Debian without Docker: what the image would hold, as a folder.

FROM is stood in for by Debian's own Python in a virtual environment at /usr/local, where python:slim has its Python.
It takes root, debootstrap, and what pip and apt need to reach their packages: this machine's own settings for that.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

PACKAGES: Final = "python3,python3-venv,ca-certificates"
WITHOUT_EFFECT: Final = {"FROM", "EXPOSE"}


class CannotBuild(Exception):
    """This machine lacks something, or a step has failed; the text says which."""


@dataclass(kw_only=True, slots=True)
class Image:
    """The folder that is the image's root, and what the Dockerfile said about starting it."""

    root: Path
    folder: str = "/"
    user: str = "root"
    variables: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"})
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def running(self, command: Sequence[str], variables: Mapping[str, str], lent: Sequence[str] = ()) -> list[str]:
        """The command that runs `command` inside, as the image's user, with these variables and no others.

        Files and folders that are `lent` are seen in it at the same place, as long as it runs.
        """
        owner = _numbers(self.root, self.user)
        told = [f"{name}={value}" for name, value in {**self.variables, **variables}.items()]
        mounts = ['mount -t proc proc "$0/proc"', 'mount --rbind /dev "$0/dev"']
        for path in lent:
            (self.root / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            make = "mkdir -p" if Path(path).is_dir() else "touch"
            mounts.append(f'{make} "$0"{shlex.quote(path)} && mount --bind {shlex.quote(path)} "$0"{shlex.quote(path)}')
        return [
            *("unshare", "--mount", "/bin/sh", "-c", " && ".join([*mounts, 'exec "$@"']), str(self.root)),
            *("chroot", f"--userspec={owner}", f"--groups={owner.partition(':')[2]}", str(self.root)),
            *("/usr/bin/env", "-i", *told, "/bin/sh", "-c", 'cd "$0" && exec "$@"', self.folder),
            *command,
        ]

    def megabytes(self) -> int:
        """What lies in it, as `du` counts."""
        told = subprocess.run(["du", "-sm", str(self.root)], capture_output=True, text=True, check=True)
        return int(told.stdout.split()[0])


def build(source: Path, scratch: Path, suite: str) -> Image:
    """Perform the Dockerfile of `source` in a Debian of this name. Raises CannotBuild."""
    if os.geteuid() != 0:
        raise CannotBuild("This needs root: it makes a Debian of its own and changes into it.")
    root = scratch / "root"
    subprocess.run(["cp", "--archive", "--reflink=auto", str(_debian(suite)), str(root)], check=True)
    image = Image(root=root)
    _run(image, ["python3", "-m", "venv", "/usr/local"])
    for word, rest in instructions((source / "Dockerfile").read_text()):
        _perform(image, source, word, rest)
    return image


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction of a Dockerfile and what stands behind it, on one line."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word.upper(), rest.strip()


def _perform(image: Image, source: Path, word: str, rest: str) -> None:
    match word:
        case "RUN":
            print(f"RUN {rest}", file=sys.stderr)
            _run(image, ["/bin/sh", "-c", rest], _outside())
        case "WORKDIR":
            image.folder = rest
            (image.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "COPY":
            *names, target = rest.split()
            for name in names:
                _copy(image, source, name, target)
        case "USER":
            image.user = rest
        case "ENV":
            image.variables |= dict(pair.split("=", 1) for pair in shlex.split(rest))
        case "CMD":
            image.command = json.loads(rest)
        case "HEALTHCHECK":
            image.health = json.loads(rest.partition("CMD ")[2])
        case _ if word not in WITHOUT_EFFECT:
            raise CannotBuild(f"The Dockerfile says {word}, which this does not know how to do.")


def _copy(image: Image, source: Path, name: str, target: str) -> None:
    """COPY as Docker does it: the files that .dockerignore lets through, into a folder or to a name."""
    start = source / name
    base = image.root / image.folder.lstrip("/") / target
    if start.is_file():
        base = base / start.name if target.endswith("/") else base
    files = [start] if start.is_file() else [path for path in sorted(start.rglob("*")) if path.is_file()]
    kept = [path for path in files if not is_ignored(str(path.relative_to(source)), source)]
    if not kept:
        raise CannotBuild(f"COPY {name}: .dockerignore leaves nothing of it.")
    for path in kept:
        goal = base if path == start else base / path.relative_to(start)
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, goal)


def is_ignored(name: str, source: Path) -> bool:
    """Whether .dockerignore keeps this file out: the last line that fits it or a folder above it decides."""
    ignored = False
    for line in (source / ".dockerignore").read_text().splitlines():
        if line.strip() and not line.startswith("#") and _fits(name.split("/"), line.strip().lstrip("!")):
            ignored = not line.startswith("!")
    return ignored


def _fits(parts: Sequence[str], pattern: str) -> bool:
    anywhere, wanted = pattern.startswith("**/"), pattern.removeprefix("**/").split("/")
    starts = range(len(parts)) if anywhere else range(1)
    return any(len(parts) >= start + len(wanted) and all(map(fnmatch, parts[start:], wanted)) for start in starts)


def _run(image: Image, command: Sequence[str], variables: Mapping[str, str] | None = None) -> None:
    variables = variables or {}
    lent = [value for value in ["/etc/resolv.conf", *variables.values()] if value[:1] == "/" and Path(value).exists()]
    ran = subprocess.run(image.running(command, variables, lent), check=False, stdout=sys.stderr)
    if ran.returncode:
        raise CannotBuild(f"A step has failed with {ran.returncode}: {shlex.join(command)}")


def _debian(suite: str) -> Path:
    """A bare Debian with Python: fetched once, into the user's cache folder."""
    if shutil.which("debootstrap") is None:
        raise CannotBuild("Install it: apt-get install debootstrap")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "linkedin-video"
    kept, fresh = cache / f"debian-{suite}", cache / f"debian-{suite}.{os.getpid()}"
    if not kept.exists():
        print(f"Fetching Debian {suite} into {kept} …", file=sys.stderr)
        cache.mkdir(parents=True, exist_ok=True)
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(fresh)]
        if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise CannotBuild("debootstrap could not fetch Debian.")
        fresh.rename(kept)
    return kept


def _outside() -> dict[str, str]:
    """This machine's settings of pip and its proxies, as variables: their files are not in the image."""
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    found = {f"PIP_{name.rpartition('.')[2]}": value for name, _, value in map(_parted, told.stdout.splitlines())}
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    return {name.upper().replace("-", "_"): value.strip("'\"") for name, value in found.items()} | proxies


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition("=")


def _numbers(root: Path, user: str) -> str:
    """`uid:gid` of a user of the image."""
    for line in (root / "etc" / "passwd").read_text().splitlines():
        name, _, uid, gid, *_ = line.split(":")
        if name == user:
            return f"{uid}:{gid}"
    raise CannotBuild(f"The image has no user {user}.")
