"""The picture services over HTTP, against fakes that audit: what is asked, remembered, refused and never told."""

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis

from shared.adapters.pexels import Pexels
from shared.adapters.redis_line import RedisLine
from shared.adapters.redis_photos import RedisPhotoMemory
from shared.adapters.stock_photos import StockPhotos, is_at
from shared.adapters.unsplash import RESERVE, Unsplash
from shared.stock import Photo, StockFailed
from tests import fake_pexels, fake_unsplash
from tests.fake_pexels import FakePexels
from tests.fake_unsplash import FakeUnsplash
from tests.pretend_web import Internet
from tests.stock_site import Web

NOWHERE = "redis://127.0.0.1:1/0"
KEYS = (fake_unsplash.KEY, fake_pexels.KEY)


@pytest.fixture
def unsplash() -> FakeUnsplash:
    return FakeUnsplash()


@pytest.fixture
def pexels() -> FakePexels:
    return FakePexels()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unsplash: FakeUnsplash, pexels: FakePexels) -> Iterator[Web]:
    with Web(Internet(monkeypatch), tmp_path).with_sites(unsplash, pexels) as web:
        yield web


@pytest.fixture
def service(web: Web, redis_url: str) -> Callable[..., StockPhotos]:
    """A service as it is built in earnest, as often as a test wants: each like a process of its own."""

    def build(name: str = "unsplash", url: str = redis_url, key: str = "") -> StockPhotos:
        vendor: Any = Unsplash() if name == "unsplash" else Pexels()
        key = key or (fake_unsplash.KEY if name == "unsplash" else fake_pexels.KEY)
        return StockPhotos(
            vendor,
            key,
            RedisPhotoMemory(RedisLine.to(url)),
            api=web.fetcher(vendor.api_host),
            images=web.fetcher(*vendor.image_hosts),
        )

    return build


def search(service: StockPhotos, query: str = "team meeting table", orientation: Any = "portrait") -> tuple[Photo, ...]:
    return service.search(query, orientation, seconds=3, check=lambda: None)


def failure(service: StockPhotos, seconds: float = 3, query: str = "team meeting table") -> StockFailed:
    with pytest.raises(StockFailed) as caught:
        service.search(query, "portrait", seconds=seconds, check=lambda: None)
    return caught.value


def test_a_search_keeps_the_rules_and_tells_whose_photographs_these_are(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash
) -> None:
    photos = search(service())
    assert len(photos) == 10 and photos[0].width < photos[0].height
    assert photos[0].alt == "team meeting table, seen from above"
    credit = photos[0].credit
    assert credit.text == f"Photo by {credit.author} on Unsplash"
    assert credit.author_url.endswith("?utm_source=linkedin_video&utm_medium=referral")
    assert unsplash.searches == [
        {"query": "team meeting table", "orientation": "portrait", "content_filter": "high", "per_page": "10"}
    ]
    unsplash.audit([], [])


@pytest.mark.parametrize(
    ("orientation", "theirs"), [("portrait", "portrait"), ("square", "squarish"), ("landscape", "landscape")]
)
def test_each_shape_of_film_asks_for_its_own(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash, pexels: FakePexels, orientation: Any, theirs: str
) -> None:
    search(service(), orientation=orientation)
    search(service("pexels"), orientation=orientation)
    assert unsplash.searches[0]["orientation"] == theirs and pexels.searches[0]["orientation"] == orientation
    assert unsplash.broken_rules == pexels.broken_rules == []


def test_what_was_found_is_remembered_for_a_day_by_all_processes(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash, redis_url: str
) -> None:
    assert search(service()) == search(service(), "Team  meeting TABLE")
    assert len(unsplash.searches) == 1
    store = redis.Redis.from_url(redis_url, decode_responses=True)
    (key,) = store.keys("stock:*")  # type: ignore[misc]
    assert 23.9 * 3600 < store.ttl(key) <= 24 * 3600  # type: ignore[operator]
    assert "meeting" not in key
    search(service(), orientation="square")
    assert len(unsplash.searches) == 2


def test_nothing_found_is_remembered_too(service: Callable[..., StockPhotos], unsplash: FakeUnsplash) -> None:
    unsplash.fault = "empty"
    assert search(service()) == search(service()) == ()
    assert len(unsplash.searches) == 1


def test_a_chosen_photograph_is_found_by_its_id_and_asked_for_once(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash
) -> None:
    for _ in range(2):
        assert service().photo("LBI7cgq3pbM", seconds=3, check=lambda: None).reference == "unsplash:LBI7cgq3pbM"
    assert unsplash.calls == ["/photos/LBI7cgq3pbM"]
    with pytest.raises(StockFailed, match="404") as caught:
        service().photo("gone1", seconds=3, check=lambda: None)
    assert caught.value.kind == "of_one_photo"


@pytest.mark.parametrize(
    ("name", "fault", "kind", "says"),
    [
        ("unsplash", "401", "lasting", "UNSPLASH_ACCESS_KEY"),
        ("unsplash", "403", "lasting", "UNSPLASH_ACCESS_KEY"),
        ("unsplash", "used up", "lasting", "within the hour"),
        ("unsplash", "429", "lasting", "within the hour"),
        ("unsplash", "500", "passing", "Unsplash has a fault"),
        ("unsplash", "garbage", "passing", "cannot be read"),
        ("unsplash", "slow", "passing", "Unsplash did not answer in time"),
        ("pexels", "401", "lasting", "PEXELS_API_KEY"),
        ("pexels", "429", "lasting", "within the hour"),
        ("pexels", "500", "passing", "Pexels has a fault"),
    ],
)
def test_a_refusal_is_told_in_words_that_a_person_can_act_on(
    service: Callable[..., StockPhotos],
    unsplash: FakeUnsplash,
    pexels: FakePexels,
    name: str,
    fault: str,
    kind: str,
    says: str,
) -> None:
    unsplash.fault = pexels.fault = fault
    failed = failure(service(name), seconds=0.3 if fault == "slow" else 3)
    assert failed.kind == kind and says in failed.public
    told = f"{failed} {failed.public} {''.join(traceback.format_exception(failed))}"
    assert not any(key in told for key in KEYS)


def test_when_the_hour_is_used_up_nobody_asks_again_until_it_has_passed(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash, redis_url: str
) -> None:
    unsplash.left = RESERVE + 2
    first = service()
    assert search(first, "one") and search(first, "two")  # the second answer says that only the reserve is left
    assert len(unsplash.calls) == 2
    for process in (first, service()):
        assert "within the hour" in failure(process, query="three").public
        assert search(process, "one")  # what is remembered needs no call
    assert len(unsplash.calls) == 2 and unsplash.left == RESERVE
    assert 3500 < redis.Redis.from_url(redis_url).ttl("stock:unsplash:rests") <= 3600  # type: ignore[operator]


def test_without_redis_a_process_still_keeps_to_the_limit(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash
) -> None:
    unsplash.left = RESERVE + 1
    alone = service(url=NOWHERE)
    assert search(alone)
    assert failure(alone).kind == "lasting"
    assert len(unsplash.calls) == 1


def test_a_use_is_reported_once_for_a_film_however_often_it_is_made(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash
) -> None:
    photo = search(service())[0]
    for _attempt in range(2):
        service().report_used(photo, "film-1", seconds=3, check=lambda: None)
    assert unsplash.reported == {photo.photo_id: 1}
    service().report_used(photo, "film-2", seconds=3, check=lambda: None)
    assert unsplash.reported == {photo.photo_id: 2} and unsplash.broken_rules == []


def test_a_use_is_reported_out_of_the_reserve(service: Callable[..., StockPhotos], unsplash: FakeUnsplash) -> None:
    unsplash.left = RESERVE
    photo = search(service())[0]
    service().report_used(photo, "film", seconds=3, check=lambda: None)
    assert unsplash.reported == {photo.photo_id: 1}


def test_a_photograph_is_fetched_whole_within_a_size_and_without_the_key(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash, pexels: FakePexels
) -> None:
    for name, fake in (("unsplash", unsplash), ("pexels", pexels)):
        asked = service(name)
        data = asked.file(search(asked)[0], (864, 1296), seconds=3, check=lambda: None)
        assert data.startswith(b"\xff\xd8") and fake.broken_rules == []


@pytest.mark.parametrize("fault", ["404", "500", "html", "huge", "inside", "elsewhere", "slow"])
def test_what_is_no_photograph_is_not_taken(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash, fault: str
) -> None:
    asked = service()
    photo = search(asked)[0]
    unsplash.pictures.faults[photo.photo_id] = fault
    with pytest.raises(StockFailed):
        asked.file(photo, (864, 1296), seconds=0.3 if fault == "slow" else 3, check=lambda: None)


@pytest.mark.parametrize("fault", ["points elsewhere", "reports elsewhere"])
def test_a_photograph_that_leads_elsewhere_is_as_if_it_were_not_there(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash, fault: str
) -> None:
    unsplash.fault = fault
    assert search(service()) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"file_url": "https://169.254.169.254/x"},
        {"report_url": "https://evil.example/photos/x/download"},
        {"report_url": None},
        {"photo_id": "../../me"},
        {"width": 0},
        {"alt": "two\nlines"},
        {"credit": {"author_url": "javascript:alert(1)"}},
        {"credit": {"text": "Buy now"}},
    ],
)
def test_redis_is_trusted_no_more_than_the_service(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash, redis_url: str, change: dict[str, Any]
) -> None:
    search(service())
    store = redis.Redis.from_url(redis_url)
    (key,) = store.keys("stock:*")  # type: ignore[misc]
    kept = msgspec.json.decode(store.get(key))  # type: ignore[arg-type]
    credit = kept[0]["credit"] | change.get("credit", {})
    kept[0] |= change | {"credit": credit}
    store.set(key, msgspec.json.encode(kept))
    assert len(search(service())) == 9


@pytest.mark.parametrize("spoiled", [b"[", b"[1]", b'{"a":1}', b"\xff\xfe", b'[{"service":"unsplash"}]'])
def test_what_cannot_be_read_from_redis_is_asked_for_again(
    service: Callable[..., StockPhotos], unsplash: FakeUnsplash, redis_url: str, spoiled: bytes
) -> None:
    search(service())
    store = redis.Redis.from_url(redis_url)
    (key,) = store.keys("stock:*")  # type: ignore[misc]
    store.set(key, spoiled)
    assert len(search(service())) == 10 and len(unsplash.searches) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://unsplash.com/", "https://unsplash.com.evil.example/", "https://evil.example/unsplash.com", "",
        "https://unsplash.com@evil.example/", "https://unsplash.com:444/", 'https://unsplash.com/"onload="',
        "https://unsplash.com/\n", "https://unsplash.com\\@evil.example/", "https://unsplash.com/<script>",
        "//unsplash.com/", "javascript:1",
    ],
)  # fmt: skip
def test_only_plain_addresses_of_the_service_are_passed_on(url: str) -> None:
    assert not is_at(url, {"unsplash.com"})
    assert is_at("https://unsplash.com/@ann?utm_source=a&b=%20", {"unsplash.com"})
