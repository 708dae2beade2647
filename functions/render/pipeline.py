"""make_video: the stages of a film, from top to bottom."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2

from shared import screenplay, tracing
from shared.blobs import BlobStore, film_names, forget_voices, image_name
from shared.breakers import Breakers, OwnBreakers
from shared.config import NarratorName, Settings
from shared.errors import ImageNotFound, NotFound, Problem, RenderFailed
from shared.glyphs import face_of, left_out
from shared.jobs import Film, JobWarning, Links, Stage
from shared.linkedin_post import pack
from shared.screenplay import Screenplay
from shared.stock import PhotoService
from shared.storyboard import Storyboard
from shared.storyboard.search import CHOSEN
from shared.styles import STYLES, Style
from shared.video_request import VideoRequest

from .beside import Beside
from .encoder import QUALITIES, Quality, encode, join
from .frames import FrameSource
from .job import Attempt
from .kept_scenes import KeptScenes
from .lettering import Lettering
from .narration import Narration, NarrationFailed, Spoken, speak
from .narrators import narrators
from .pictures import Early
from .publishing import publish
from .small_print import with_small_print
from .sound import master
from .sources.drawn import DrawnBackgrounds
from .sources.stock import StockPictures, expected_scenes, shown_alone
from .sources.uploaded import UploadedPictures
from .spoken import BOUGHT
from .timeline import FPS, SCENE_PAUSE, TAIL, Timeline, lay_out
from .titles import Titles
from .workspace import workspace

VOICES: Final = {
    "edge": "Microsoft Edge's voice",
    "openai": "the speech service's voice",
    "google": "Google's voice",
    "espeak": "eSpeak, a simpler voice",
}
SPARE: Final = 1.15  # a quick voice says more than the estimate; what does not fit goes when true durations are known
LOOK_EVERY: Final = 0.25  # seconds between two looks at how far the voice is


@dataclass(frozen=True, kw_only=True)
class Studio:
    """What a film is made with: the settings, the two stores, and who is asked for photographs."""

    settings: Settings
    videos: BlobStore
    uploads: BlobStore
    photos: Sequence[PhotoService] = ()
    breakers: Breakers = field(default_factory=OwnBreakers)

    def make_video(self, request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        """Turn one request into a published film. Raises a Problem; leaves no temporary file."""
        style = STYLES[request.style]
        quality = QUALITIES[request.quality]
        width, height = (2 * round(side * quality.scale / 2) for side in request.frame)

        attempt.report(Stage.MEDIA_PROCESSING)
        played = screenplay.write(request, self.settings, spare=SPARE)
        with workspace() as folder, Beside(attempt.check) as beside:
            heard = _Share()
            kept = self._kept_scenes(played, request)
            voice = beside.begin(self._spoken, played, request, attempt, kept, heard, beside.check)
            with tracing.span("media"):
                images = self._images(request, attempt)
                stock = self._pictures(images, played, request, style, (width, height), attempt.check)
                pictures = Early(stock, (width, height))
            attempt.report(Stage.AUDIO_GENERATION)
            while not wait([voice], timeout=LOOK_EVERY).done:
                attempt.report(Stage.AUDIO_GENERATION, heard.done)
            spoken = voice.result()
            beside.begin(kept.close)
            storyboard, kept_scenes, timeline = self._laid_out(played, spoken.scenes, request)
            stock.settle([kept_scenes[shot.scene] for shot in timeline.shots])
            attempt.warn(
                [
                    *stock.warnings,
                    *storyboard.warnings,
                    *left_out(scene.shown for scene in storyboard.scenes),
                    *_length_warnings(timeline, played.max_seconds),
                ]
            )
            narration = {"engine": spoken.engine, "voice": spoken.voice}
            usage = spoken.usage
            del voice, spoken  # their sound is the timeline's now, and takes 5 MB a minute
            attempt.report(Stage.COMBINING_MEDIA)
            track = folder / "sound.m4a"
            sound = beside.begin(
                master,
                timeline.voice,
                timeline.sample_rate,
                track,
                coder=quality.aac_coder,
                check=beside.check,
            )
            face = face_of(storyboard.language, "".join(scene.shown for scene in storyboard.scenes))
            lettering = Lettering((width, height), style.palette, face)
            titles = Titles.of(timeline, lettering, request.captions)
            source = FrameSource(
                timeline,
                size=(width, height),
                picture=lambda shot: pictures.find(shot, (width, height)),
                overlay=with_small_print(
                    titles.at,
                    stock.small_print,
                    frame=(width, height),
                    palette=style.palette,
                    seconds=timeline.duration,
                    low=request.captions.position == "top",
                ),
                move=request.motion,
                travel=style.travel,
                seed=request.content,
            )
            poster = _jpeg(source)
            with tracing.span("encode"):
                _encoded(source, timeline, folder / "silent.mp4", (width, height), quality, attempt)
                sound.result()
                join(folder / "silent.mp4", track, folder / "film.mp4", check=attempt.check)
            with tracing.span("publish"):
                published = publish(
                    folder / "film.mp4",
                    poster,
                    titles.captions,
                    request,
                    attempt,
                    post=pack(
                        request.content,
                        [scene.shown for scene in storyboard.scenes],
                        captions_burned=request.captions.enabled,
                        has_captions=bool(titles.captions),
                    ),
                    usage=usage,
                    narration=narration,
                    credits=stock.credits,
                    videos=self.videos,
                    uploads=self.uploads,
                    images=images,
                )
                stock.report_used(request.job_id)
                return published

    def retract(self, request: VideoRequest) -> None:
        """Remove what was published of a film, and the voice that was kept for it; what was not is no failure."""
        for name in film_names(request.job_id):
            self.videos.delete(name)
        forget_voices(self.uploads, request.job_id, also=self._kept_names(request))

    def _spoken(
        self,
        played: Screenplay,
        request: VideoRequest,
        attempt: Attempt,
        kept: KeptScenes,
        heard: "_Share",
        check: Callable[[], None],
    ) -> Spoken:
        """Every scene's words as sound: as it was bought before, else by the first voice that can."""
        names = self._narrators(request)
        voices = narrators(names, settings=self.settings, voice=played.voice, rate=played.rate, breakers=self.breakers)
        try:
            with tracing.span("voice"), ExitStack() as failed:
                failed.callback(kept.close)  # nothing is kept any more when what was published is retracted
                spoken = speak(
                    _spoken_words(played),
                    voices,
                    sample_rate=self.settings.audio_sample_rate,
                    check=check,
                    progress=heard.note,
                    shelf=kept if BOUGHT & set(names) else None,
                    again=attempt.is_repeated,
                )
                failed.pop_all()
        except NarrationFailed as error:
            raise RenderFailed(f"The post could not be spoken: {error.public}") from error
        warnings = _narration_warnings(spoken, names, played.voice)
        attempt.warn(warnings, degraded=bool(spoken.failures) or spoken.engine != names[0])
        return spoken

    def _narrators(self, request: VideoRequest) -> tuple[NarratorName, ...]:
        return self.settings.narrators if request.narration == "auto" else ("silent",)

    def _kept_names(self, request: VideoRequest) -> Sequence[str]:
        """Where its voice may be kept, also when its list was erased while a worker still kept scenes."""
        if not BOUGHT & set(self._narrators(request)):
            return ()
        try:
            played = screenplay.write(request, self.settings, spare=SPARE)
        except Problem:  # nothing to be spoken, so nothing was kept
            return ()
        return self._kept_scenes(played, request).names

    def _kept_scenes(self, played: Screenplay, request: VideoRequest) -> KeptScenes:
        settings = self.settings
        order = [
            request.owner, played.voice, played.rate, settings.edge_volume, settings.audio_sample_rate,
            self._narrators(request), settings.speech_base_url, settings.speech_model, settings.speech_voice,
            settings.google_tts_voice,
        ]  # fmt: skip
        return KeptScenes(self.uploads, request.job_id, _spoken_words(played), order)

    def _laid_out(
        self, played: Screenplay, narrations: Sequence[Narration], request: VideoRequest
    ) -> tuple[Storyboard, Sequence[int], Timeline]:
        """One clock for what fits into the film, now that true durations are known: whole sentences go, or none.

        Of scenes that their caller chose none goes. The numbers are the places of those that stay.
        """
        beyond = TAIL  # what a film is longer than its scenes together
        while True:
            durations = [narration.duration + SCENE_PAUSE for narration in narrations]
            durations[0] += beyond
            fitted, kept = played.storyboard, tuple(range(len(narrations)))
            if not played.is_fixed:
                fitted, kept = fitted.fitted(durations, played.max_seconds)
            timeline = lay_out(
                [[word.shown for word in scene.words] for scene in fitted.scenes],
                [narrations[place] for place in kept],
                segment_seconds=self.settings.segment_seconds,
                pictures=len(request.user_image_ids) or None,
                fades=request.transition != "none",
                shows=self._chosen_pictures(request),
            )
            over = timeline.spoken_until + TAIL - played.max_seconds  # the gaps of the transitions count as well
            if over <= 0 or beyond > played.max_seconds or played.is_fixed:
                return fitted, kept, timeline
            beyond += over + 1 / FPS

    def _pictures(
        self,
        images: Mapping[str, bytes],
        played: Screenplay,
        request: VideoRequest,
        style: Style,
        frame: tuple[int, int],
        check: Callable[[], None],
    ) -> StockPictures:
        """The user's own pictures, exactly those and in their order; else photographs; else drawn ones."""
        own = UploadedPictures([images[image_id] for image_id in request.user_image_ids], style.palette)
        pictures = StockPictures(
            [screenplay.terms(request, played, scene) for scene in range(len(played.seconds))],
            () if images else self.photos,
            frame=frame,
            ground=style.palette,
            seed=request.content,
            fallback=own if images else DrawnBackgrounds(style.palette, request.content),
            check=check,
        )
        pictures.gather(expected_scenes(played.seconds, self.settings.segment_seconds, self._chosen_pictures(request)))
        return pictures

    def _chosen_pictures(self, request: VideoRequest) -> list[int] | None:
        """The number of each scene's picture, where the caller chose; a scene that names none of the caller's own goes
        on with the last.
        """
        scenes = request.scenes or ()
        named = [scene.image_id for scene in scenes]
        if not any(named):
            chosen = [any(map(CHOSEN.fullmatch, scene.search_terms)) for scene in scenes]
            return shown_alone(chosen) if self.photos and not request.user_image_ids else None
        shown = next(image_id for image_id in named if image_id)
        numbers = []
        for image_id in named:
            shown = image_id or shown
            numbers.append(request.user_image_ids.index(shown))
        return numbers

    def _images(self, request: VideoRequest, attempt: Attempt) -> dict[str, bytes]:
        """The bytes of the user's pictures, by id."""
        images: dict[str, bytes] = {}
        for number, image_id in enumerate(request.user_image_ids):
            attempt.check()
            images[image_id] = self._image(image_id, request.owner)
            attempt.report(Stage.MEDIA_PROCESSING, (number + 1) / len(request.user_image_ids))
        return images

    def _image(self, image_id: str, owner: str | None) -> bytes:
        """An uploaded picture, or its permanent copy when a film has used it already."""
        for store in (self.uploads, self.videos):
            try:
                blob = store.find(image_name(image_id))
                if (blob.metadata.get("owner") or None) == owner:
                    return store.get(image_name(image_id))
            except NotFound:
                continue
        raise ImageNotFound("A picture of this film is not there any more. Upload it again.")


def _spoken_words(played: Screenplay) -> list[list[str]]:
    return [[word.spoken for word in scene.words] for scene in played.storyboard.scenes]


class _Share:
    """How much of something is done, 0..1: noted in one thread, told in another."""

    def __init__(self) -> None:
        self.done = 0.0

    def note(self, done: float) -> None:
        self.done = done


def _length_warnings(timeline: Timeline, seconds: float) -> list[JobWarning]:
    """A film that is longer than asked because every picture is to be seen, not because of what is said."""
    if timeline.duration <= seconds or timeline.spoken_until + TAIL > seconds:
        return []
    message = f"The film takes {timeline.duration:.1f} seconds, so that each picture can be seen."
    return [JobWarning(code="pictures_need_time", message=message)]


def _narration_warnings(spoken: Spoken, names: Sequence[str], voice: str) -> list[JobWarning]:
    reason = spoken.failures[0][1] if spoken.failures else "The first voice is not installed."
    if spoken.engine == names[0]:
        if spoken.engine != "edge" or spoken.voice == voice:
            return []
        message = f"The film is spoken by {spoken.voice} instead of {voice}. {reason}"
        return [JobWarning(code="narration_fallback", message=message)]
    if spoken.engine == "silent":
        message = f"The film has no voice, only captions. {reason}"
        return [JobWarning(code="narration_unavailable", message=message)]
    message = f"The film is spoken by {VOICES[spoken.engine]}. {reason}"
    return [JobWarning(code="narration_fallback", message=message)]


def _encoded(
    source: FrameSource, timeline: Timeline, target: Path, size: tuple[int, int], quality: Quality, attempt: Attempt
) -> None:
    began = time.monotonic()
    total = timeline.frame_count

    def progress(done: int) -> None:
        rate = done / max(time.monotonic() - began, 0.01)
        left = round((total - done) / rate) + 1 if done > FPS else None
        attempt.report(Stage.COMBINING_MEDIA, done / total, eta_seconds=left)

    encode(
        source,
        target,
        size=size,
        quality=quality,
        keyframes=[shot.start + shot.fade / 2 for shot in timeline.shots[1:]],
        check=attempt.check,
        progress=progress,
    )


def _jpeg(source: FrameSource) -> bytes:
    written, data = cv2.imencode(".jpg", source.first(), [cv2.IMWRITE_JPEG_QUALITY, 90])
    if not written:
        raise RenderFailed("The poster could not be made.")
    return data.tobytes()
