"""A plan shows photographs to choose from, with their credits; it fetches and reports none of them."""

from typing import Any

import msgspec
import pytest
from werkzeug.test import Client

from shared.services import Services
from shared.stock import CHOICE, PhotoService
from tests.conftest import HeldQueue, Made
from tests.fake_pexels import FakePexels
from tests.fake_unsplash import FakeUnsplash
from tests.stock_fixtures import pexels, photo_services, unsplash, web

__all__ = ["pexels", "photo_services", "unsplash", "web"]  # fixtures

POST = "I drank coffee with our customers.\n\nThen we signed the contract.\n\nOur factory hired ten engineers."


@pytest.fixture
def asking(client: Client, services: Services, photo_services: tuple[PhotoService, ...]) -> Client:
    """A client of a service that has keys."""
    services.photos = photo_services
    return client


def planned(client: Client, **order: Any) -> dict[str, Any]:
    answer = client.post("/api/video/plan", json={"content": POST, **order})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def test_each_scene_has_photographs_to_choose_from_and_none_twice(asking: Client, unsplash: FakeUnsplash) -> None:
    plan = planned(asking)
    shown = [candidate for scene in plan["scenes"] for candidate in scene["candidates"]]
    assert len(shown) == CHOICE * len(plan["scenes"])
    assert len({candidate["reference"] for candidate in shown}) == len(shown)
    for candidate in shown:
        assert candidate["thumbnail_url"].startswith("https://images.unsplash.com/")
        assert candidate["alt"] and candidate["credit"]["author_url"].endswith("&utm_medium=referral")
    assert plan["warnings"] == []
    assert not unsplash.pictures.sent and not unsplash.reported and unsplash.broken_rules == []


def test_scenes_that_look_for_the_same_show_different_photographs(asking: Client, unsplash: FakeUnsplash) -> None:
    scenes = [{"text": f"Number {n}.", "search_terms": ["coffee cup"]} for n in range(5)]
    shown = [[c["reference"] for c in scene["candidates"]] for scene in planned(asking, scenes=scenes)["scenes"]]
    assert [len(references) for references in shown] == [3, 3, 3, 1, 0]
    assert len({reference for references in shown for reference in references}) == 10 and len(unsplash.searches) == 1


def test_a_plan_with_candidates_can_be_sent_back_and_they_do_not_travel_on(asking: Client, queue: HeldQueue) -> None:
    plan = planned(asking)
    assert planned(asking, scenes=plan["scenes"])["scenes"] == plan["scenes"]
    answer = asking.post("/api/video/generate", json={"content": POST, "scenes": plan["scenes"]})
    assert answer.status_code == 202, answer.text
    (order,) = queue.requests
    assert b"candidates" not in order.to_json()


def test_a_chosen_photograph_is_what_the_next_plan_shows(asking: Client, unsplash: FakeUnsplash) -> None:
    plan = planned(asking)
    chosen = plan["scenes"][1]["candidates"][2]
    plan["scenes"][1]["search_terms"] = [chosen["reference"]]
    again = planned(asking, scenes=plan["scenes"])["scenes"][1]
    assert again["candidates"][0]["reference"] == chosen["reference"]
    assert again["search_terms"] == [chosen["reference"]]


def test_search_words_of_the_caller_are_searched_for(asking: Client, unsplash: FakeUnsplash) -> None:
    planned(asking, scenes=[{"text": "We did it.", "search_terms": ["red bicycle"]}])
    assert [query["query"] for query in unsplash.searches] == ["red bicycle"]


def test_pexels_shows_what_unsplash_does_not_have(asking: Client, unsplash: FakeUnsplash, pexels: FakePexels) -> None:
    unsplash.fault = "403"
    plan = planned(asking)
    assert all(scene["candidates"][0]["reference"].startswith("pexels:") for scene in plan["scenes"])
    assert [warning["code"] for warning in plan["warnings"]] == ["pictures_fallback"]


@pytest.mark.parametrize("fault", ["401", "500", "empty", "garbage"])
def test_a_plan_comes_whatever_the_services_do(
    asking: Client, unsplash: FakeUnsplash, pexels: FakePexels, fault: str
) -> None:
    unsplash.fault, pexels.fault = fault, "empty" if fault == "garbage" else fault
    assert all(scene["candidates"] == [] for scene in planned(asking)["scenes"])


def test_without_a_key_there_are_no_candidates(client: Client, unsplash: FakeUnsplash) -> None:
    assert all(scene["candidates"] == [] for scene in planned(client)["scenes"])
    assert unsplash.calls == []


def test_a_long_plan_can_still_be_sent_back(asking: Client) -> None:
    nouns = [
        "coffee",
        "doctor",
        "garden",
        "guitar",
        "robot",
        "school",
        "mountain",
        "phone",
        "train",
        "kitchen",
        "factory",
        "door",
        "contract",
        "email",
    ]
    plan = planned(asking, content="é" * 3000, scenes=[{"text": f"A {noun}."} for noun in nouns * 2])
    assert [bool(scene["candidates"]) for scene in plan["scenes"]] == [True] * 12 + [False] * 16
    assert len(msgspec.json.encode(plan)) < 50_000
    planned(asking, content="é" * 3000, scenes=plan["scenes"])


def test_the_page_may_load_thumbnails_of_the_services_there_are_keys_for_and_of_no_others(made: Made) -> None:
    for keys in ({}, {"UNSPLASH_ACCESS_KEY": "a-key-of-eight"}, {"PEXELS_API_KEY": "a-key-of-eight"}):
        client, _ = made(**keys)
        policy = client.get("/test").headers["Content-Security-Policy"]
        assert ("https://images.unsplash.com" in policy) == ("UNSPLASH_ACCESS_KEY" in keys)
        assert ("https://images.pexels.com" in policy) == ("PEXELS_API_KEY" in keys)
        assert "a-key-of-eight" not in str(client.get("/test").headers) + client.get("/test").text
