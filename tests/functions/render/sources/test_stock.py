"""Photographs for the shots of a film: each once, of its own scene, and something else where a service fails."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from functions.render.sources.drawn import DrawnBackgrounds
from functions.render.sources.stock import StockPictures, expected_scenes, shown_alone, whole_jpeg
from functions.render.timeline import Shot
from shared.errors import StoppedEarly
from shared.stock import PhotoService, StockFailed
from shared.styles import STYLES
from tests.fake_pexels import FakePexels
from tests.fake_unsplash import FakeUnsplash
from tests.stock_fixtures import pexels, photo_services, unsplash, web
from tests.stock_site import photograph

__all__ = ["pexels", "photo_services", "unsplash", "web"]  # fixtures

FRAME = (216, 270)
PALETTE = STYLES["professional"].palette
WANTED = [["team meeting"], ["coffee cup"], ["open door"], ["wall clock"]]
Build = Callable[..., StockPictures]


@pytest.fixture
def pictures(photo_services: tuple[PhotoService, ...]) -> Build:
    def build(wanted: Any = None, services: Any = None, **options: Any) -> StockPictures:
        return StockPictures(
            WANTED if wanted is None else wanted,
            photo_services if services is None else services,
            frame=FRAME,
            ground=PALETTE,
            seed="a post",
            fallback=DrawnBackgrounds(PALETTE, "a post"),
            **options,
        )

    return build


def shown(pictures: StockPictures, shots: int) -> list[str]:
    """Where the picture of each shot came from, all of them decoded."""
    return [pictures.find(Shot(number=n, start=n, end=n + 1, fade=0), FRAME).source for n in range(shots)]


def made(pictures: StockPictures, expected: list[int], real: list[int] | None = None) -> StockPictures:
    pictures.gather(expected)
    pictures.settle(expected if real is None else real)
    return pictures


def test_each_shot_shows_a_photograph_of_its_scene_and_none_is_shown_twice(
    pictures: Build, unsplash: FakeUnsplash
) -> None:
    film = made(pictures(), [0, 0, 1, 2, 3])
    assert shown(film, 5) == ["unsplash"] * 5
    assert len({photo.reference for photo in film.used}) == 5
    assert [photo.alt.partition(",")[0] for photo in film.used] == [
        "team meeting", "team meeting", "coffee cup", "open door", "wall clock",
    ]  # fmt: skip
    assert len(unsplash.searches) == 4 and film.warnings == ()
    film.report_used("film")
    film.report_used("film")  # a second attempt
    unsplash.audit([photo.photo_id for photo in film.used], list(film.credits))


def test_scenes_that_look_for_the_same_share_a_search_and_no_photograph(
    pictures: Build, unsplash: FakeUnsplash
) -> None:
    film = made(pictures([["coffee cup"]] * 4), [0, 1, 2, 3])
    assert len(unsplash.searches) == 1
    assert len({photo.reference for photo in film.used}) == 4


def test_the_same_post_gets_the_same_photographs_and_another_post_others(
    pictures: Build, photo_services: tuple[PhotoService, ...]
) -> None:
    first, again = (made(pictures(), [0, 1, 2, 3]).used for _ in range(2))
    assert first == again
    others = []
    for seed in ("b", "c", "d"):
        film = StockPictures(
            WANTED, photo_services, frame=FRAME, ground=PALETTE, seed=seed, fallback=DrawnBackgrounds(PALETTE, "")
        )
        others.append(made(film, [0, 1, 2, 3]).used)
    assert any(other != first for other in others)


def test_a_film_that_was_cut_otherwise_than_expected_shows_what_was_fetched(
    pictures: Build, unsplash: FakeUnsplash
) -> None:
    film = made(pictures(), [0, 1, 2], [0, 2, 3, 3])
    assert shown(film, 4) == ["unsplash"] * 4
    assert [photo.alt.partition(",")[0] for photo in film.used][:2] == ["team meeting", "open door"]
    assert len({photo.reference for photo in film.used}) == 4
    assert len(unsplash.searches) == 3  # what is missing comes out of what was found


def test_only_what_is_shown_is_credited_and_reported(pictures: Build, unsplash: FakeUnsplash) -> None:
    film = made(pictures(), [0, 1, 2, 3], [0, 1])
    film.report_used("film")
    assert len(film.credits) == 2
    unsplash.audit([photo.photo_id for photo in film.used], list(film.credits))


@pytest.mark.parametrize("fault", ["401", "403", "used up", "429", "500", "garbage", "empty", "points elsewhere"])
def test_where_unsplash_fails_pexels_is_asked_and_the_caller_is_told_once(
    pictures: Build, unsplash: FakeUnsplash, pexels: FakePexels, fault: str
) -> None:
    unsplash.fault = fault
    film = made(pictures(), [0, 1, 2, 3])
    assert shown(film, 4) == ["pexels"] * 4
    pexels.audit([photo.photo_id for photo in film.used], list(film.credits))
    told = film.warnings
    if fault in ("empty", "points elsewhere"):  # nothing failed and nothing is missing
        assert told == ()
    else:
        assert len(told) == 1 and "Unsplash" in told[0].message and "other photographs" in told[0].message
    film.report_used("film")
    assert unsplash.reported == {}
    assert len(unsplash.searches) <= 12


@pytest.mark.parametrize("fault", ["401", "500", "empty"])
def test_where_nobody_has_anything_backgrounds_are_drawn_and_the_caller_is_told_once(
    pictures: Build, unsplash: FakeUnsplash, pexels: FakePexels, fault: str
) -> None:
    unsplash.fault = pexels.fault = fault
    film = made(pictures(), [0, 1])
    assert shown(film, 2) == ["drawn", "drawn"]
    (warning,) = film.warnings
    assert warning.code == "pictures_fallback" and "backgrounds are drawn" in warning.message
    assert film.credits == () and film.small_print == ()


def test_a_service_that_does_not_answer_does_not_keep_a_film_waiting(
    pictures: Build, unsplash: FakeUnsplash, pexels: FakePexels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.stock.A_SEARCH", 0.2)
    unsplash.fault = "slow"
    film = made(pictures(), [0, 1, 2, 3])
    assert shown(film, 4) == ["pexels"] * 4
    assert len(unsplash.calls) <= 4  # those that were asked at the same moment
    assert film.warnings[0].message.startswith("Unsplash did not answer in time.")


def test_all_pictures_of_a_film_together_have_a_deadline(
    pictures: Build, unsplash: FakeUnsplash, pexels: FakePexels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.render.sources.stock.GATHERING", 0.3)
    monkeypatch.setattr("functions.render.sources.stock.SETTLING", 0.1)
    unsplash.pictures.faults[""] = pexels.pictures.faults[""] = "slow"
    assert shown(made(pictures(), [0, 1, 2, 3]), 4) == ["drawn"] * 4


@pytest.mark.parametrize("fault", ["404", "html", "lying", "cut", "empty", "png", "huge", "inside", "elsewhere"])
def test_a_broken_photograph_makes_room_for_the_next_one(pictures: Build, unsplash: FakeUnsplash, fault: str) -> None:
    first = made(pictures(), [0]).used[0]
    unsplash.pictures.faults[first.photo_id] = fault
    film = made(pictures(), [0, 1])
    assert shown(film, 2) == ["unsplash"] * 2
    assert first not in film.used
    assert len(film.warnings) == 1
    film.report_used("film")
    unsplash.audit([photo.photo_id for photo in film.used], list(film.credits))


def test_when_all_photographs_of_a_service_are_broken_the_other_one_is_asked(
    pictures: Build, unsplash: FakeUnsplash
) -> None:
    unsplash.pictures.faults[""] = "cut"
    assert shown(made(pictures(), [0, 1]), 2) == ["pexels"] * 2


def test_the_first_shot_is_never_drawn_while_there_is_a_photograph(
    pictures: Build, unsplash: FakeUnsplash, photo_services: tuple[PhotoService, ...]
) -> None:
    (own,) = made(pictures([["team meeting"]]), [0]).used
    unsplash.pictures.faults[own.photo_id.partition("-")[0]] = "cut"  # all that its own words find
    film = pictures([["team meeting"], ["coffee cup"]], services=photo_services[:1])
    film.gather([0, 1])
    before = film.find(Shot(number=0, start=0, end=1, fade=0), FRAME)
    film.settle([0, 1])
    assert before.source == "unsplash" and film.used
    assert (film.find(Shot(number=0, start=0, end=1, fade=0), FRAME).pixels == before.pixels).all()


def test_a_chosen_photograph_stands_in_its_scene_and_nowhere_else(pictures: Build, unsplash: FakeUnsplash) -> None:
    wanted = [["team meeting"], ["unsplash:LBI7cgq3pbM", "coffee cup"], ["pexels:4242"]]
    film = made(pictures(wanted), [0, 1, 2])
    assert [photo.reference for photo in film.used][1:] == ["unsplash:LBI7cgq3pbM", "pexels:4242"]
    assert [query["query"] for query in unsplash.searches] == ["team meeting"]
    assert film.warnings == ()


def test_a_chosen_photograph_waits_for_its_scene_though_another_one_finds_it_first(pictures: Build) -> None:
    (first,) = made(pictures([["team meeting"]]), [0]).used
    film = made(pictures([["team meeting"], [first.reference]]), [0, 1])
    references = [photo.reference for photo in film.used]
    assert references[1] == first.reference != references[0]


def test_where_a_chosen_photograph_is_gone_its_words_are_looked_for(pictures: Build, unsplash: FakeUnsplash) -> None:
    film = made(pictures([["unsplash:gone1", "coffee cup"]]), [0])
    assert film.used[0].alt.startswith("coffee cup")
    assert "does not have a chosen picture" in film.warnings[0].message


def test_terms_are_tried_in_their_order_until_one_finds_something(pictures: Build, unsplash: FakeUnsplash) -> None:
    made(pictures([["one", "two"]]), [0])
    assert [query["query"] for query in unsplash.searches] == ["one"]
    unsplash.fault = "empty"
    made(pictures([["three", "four"]]), [0])
    assert [query["query"] for query in unsplash.searches] == ["one", "three", "four"]


def test_without_a_service_nothing_is_asked_and_nothing_is_said(pictures: Build, unsplash: FakeUnsplash) -> None:
    film = made(pictures(services=()), [0, 1])
    assert shown(film, 2) == ["drawn"] * 2 and film.warnings == () and unsplash.calls == []


def test_work_that_must_stop_stops_here_too(pictures: Build, unsplash: FakeUnsplash) -> None:
    def check() -> None:
        raise StoppedEarly("enough")

    with pytest.raises(StoppedEarly):
        pictures(check=check).gather([0, 1])


def test_small_print_names_everybody_once_service_after_service(pictures: Build, unsplash: FakeUnsplash) -> None:
    wanted = [["unsplash:abc"], ["pexels:4242"], ["unsplash:xyz"]]
    film = made(pictures(wanted), [0, 1, 2])
    assert film.small_print == ("Photos: Ann abc, Ann xyz / Unsplash", "Photos: Bo 242 / Pexels")


def _written(**options: Any) -> bytes:
    file = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, options.pop("size", (300, 400))).save(file, "JPEG", **options)
    return file.getvalue()


def test_a_whole_jpeg_is_taken_without_what_does_not_belong_to_its_picture() -> None:
    data = whole_jpeg(_written(comment=b"a comment", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0") + b"appended")
    assert b"comment" not in data and b"Exif" not in data and b"appended" not in data
    assert whole_jpeg(_written(progressive=True)) and whole_jpeg(_written(mode="L"))


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", photograph("a", (400, 400))[:-900], _written(mode="CMYK"), _written(size=(100, 300))],
)
def test_what_is_no_whole_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(StockFailed):
        whole_jpeg(data)


def test_shots_are_expected_where_the_film_will_have_them() -> None:
    assert expected_scenes([3.0, 2.0, 4.0, 6.0], 5, None) == [0, 2, 3]
    assert expected_scenes([1.0], 5, None) == [0]
    assert expected_scenes([12.0, 2.0], 5, None) == [0, 0, 1]
    assert expected_scenes([3.0, 2.0, 4.0, 6.0], 5, [0, 1, 2, 2]) == [0, 1, 2, 3]


def test_a_chosen_photograph_gets_a_picture_for_itself() -> None:
    assert shown_alone([False, False]) is None
    assert shown_alone([False, False, True, False, False]) == [0, 0, 1, 2, 2]
    assert shown_alone([True, True, False]) == [0, 1, 2]
