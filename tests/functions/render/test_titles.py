"""What stands over the picture when: the hook first, captions after it, and nothing that no font can write."""

import numpy as np

from functions.render.captions import CaptionWord, srt
from functions.render.lettering import Lettering
from functions.render.timeline import Shot, Timeline
from functions.render.titles import Titles
from shared.styles import STYLES
from shared.video_request import CaptionOptions


def titles(*scenes: str, **options: bool | str) -> Titles:
    at, timed = 0.0, []
    for scene in scenes:
        words = []
        for text in scene.split(" "):
            words.append(CaptionWord(text=text, start=at, end=at + 0.3))
            at += 0.4
        timed.append(tuple(words))
    timeline = Timeline(
        shots=(Shot(number=0, start=0, end=at + 1, fade=0),),
        scenes=tuple(timed),
        voice=np.zeros(100, np.int16),
        sample_rate=44100,
        duration=at + 1,
    )
    return Titles.of(timeline, Lettering((1080, 1350), STYLES["casual"].palette), CaptionOptions(**options))  # type: ignore[arg-type]


def test_letters_that_no_font_has_leave_no_full_stop_behind() -> None:
    tamil = titles("நான் வேலையை விட்டேன்.", "நேரம் முக்கியம்!")
    assert tamil.hook is None
    assert all(sprite is None or not sprite.rgba[..., 3].any() for sprite in map(tamil.at, (0.1, 1.5)))
    assert "விட்டேன்." in srt(tamil.captions)  # players have their own fonts


def test_what_can_be_written_of_a_mixed_post_is_written() -> None:
    mixed = titles("Mixed scripts தமிழ்.", "Ещё одно 🎉", "முடிந்தது. 🎉")
    assert mixed.hook and [word.text for word in mixed.hook] == ["Mixed", "scripts"]
    drawn = [mixed.at(caption.start) for caption in mixed.burned]
    alone = titles("Mixed scripts.", "Ещё одно 🎉", "🎉", "🎉")
    assert [sprite.rgba.shape for sprite in drawn if sprite] == [
        sprite.rgba.shape for sprite in (alone.at(alone.burned[0].start), alone.at(alone.burned[1].start)) if sprite
    ]


def test_the_files_say_what_stands_in_the_picture_and_when() -> None:
    made = titles("A hook.", "More words come here, and then some more of them.", "And 漢字 as well.")
    assert made.hook and made.burned == made.captions[1:]
    assert all(caption.start == caption.words[0].start for caption in made.captions)


def test_the_last_caption_goes_where_another_picture_begins_after_it() -> None:
    words = tuple(CaptionWord(text=f"word{n}", start=0.5 * n, end=0.5 * n + 0.3) for n in range(4))
    timeline = Timeline(
        shots=(Shot(number=0, start=0, end=4, fade=0), Shot(number=1, start=4, end=9, fade=0.3)),
        scenes=(words[:2], words[2:]),
        voice=np.zeros(100, np.int16),
        sample_rate=44100,
        duration=9.0,
    )
    made = Titles.of(timeline, Lettering((1080, 1350), STYLES["casual"].palette), CaptionOptions())
    assert made.at(3.9) is not None and made.at(4.1) is None


def test_chinese_subtitles_have_no_spaces_inside_words() -> None:
    assert "我去年辞职了。" in srt(titles("我去年辞 职了。", "第二句。").captions)


def test_without_captions_the_hook_stands_alone_and_unmarked() -> None:
    bare = titles("A hook.", "More words.", enabled=False)
    assert bare.at(0.0) is bare.at(0.7) is not None
    assert bare.at(0.9) is None


def test_what_is_burned_in_ends_where_another_picture_begins() -> None:
    words = [CaptionWord(text=f"word{n}", start=0.5 * n, end=0.5 * n + 0.3) for n in range(16)]
    cut = 4.9  # in the silence between two words of the second scene
    timeline = Timeline(
        shots=(Shot(number=0, start=0, end=cut, fade=0), Shot(number=1, start=cut, end=9, fade=0.3)),
        scenes=(tuple(words[:4]), tuple(words[4:])),
        voice=np.zeros(100, np.int16),
        sample_rate=44100,
        duration=9,
    )
    made = Titles.of(timeline, Lettering((1080, 1350), STYLES["casual"].palette), CaptionOptions())
    for captions in (made.captions, made.burned):
        assert [caption for caption in captions if caption.start < cut < caption.end] == []
    assert any(caption.end == cut for caption in made.burned)
