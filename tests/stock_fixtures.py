"""Fixtures of tests that meet the picture services: fakes on a pretended internet, and services as in earnest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.pexels import Pexels
from shared.adapters.redis_line import RedisLine
from shared.adapters.redis_photos import RedisPhotoMemory
from shared.adapters.stock_photos import StockPhotos
from shared.adapters.unsplash import Unsplash
from tests import fake_pexels, fake_unsplash
from tests.fake_pexels import FakePexels
from tests.fake_unsplash import FakeUnsplash
from tests.pretend_web import Internet
from tests.stock_site import Web


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
def photo_services(web: Web, redis_url: str) -> tuple[StockPhotos, StockPhotos]:
    """Unsplash, then Pexels, as shared/services.py builds them."""
    memory = RedisPhotoMemory(RedisLine.to(redis_url))
    hosts = (FakeUnsplash.image_host, FakePexels.image_host)
    first = StockPhotos(
        Unsplash(), fake_unsplash.KEY, memory, api=web.fetcher(FakeUnsplash.api_host), images=web.fetcher(hosts[0])
    )
    second = StockPhotos(
        Pexels(), fake_pexels.KEY, memory, api=web.fetcher(FakePexels.api_host), images=web.fetcher(hosts[1])
    )
    return first, second
