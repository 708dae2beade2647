"""The queue in Redis: what is put in, what comes out, and what happens to it when replies are lost."""

import time

import pytest
import redis
from dramatiq import Message
from dramatiq.errors import ConnectionClosed

from shared.adapters.redis_queue import RedisQueue, TaskBroker
from shared.errors import Unavailable
from shared.ids import new_id
from shared.jobs import now
from shared.signature import TaskSigner
from shared.video_request import VideoRequest
from tests.faulty_redis import Fault, FaultyRedis

SIGNER = TaskSigner(["a key of the tests"])
PATIENCE = 5.0  # seconds; no request may wait longer


def request() -> VideoRequest:
    return VideoRequest(content="It works.", job_id=new_id(), created_at=now().isoformat())


def broker(url: str, *, silent_seconds: float = 60) -> TaskBroker:
    return TaskBroker.connect(url, silent_seconds=silent_seconds)


def tasks(url: str) -> list[Message[None]]:
    """What waits in the queue, in its order."""
    client = redis.Redis.from_url(url)
    kept = client.hgetall("dramatiq:render.msgs")
    return [Message.decode(kept[key]) for key in client.lrange("dramatiq:render", 0, -1)]


def fetched(broker: TaskBroker) -> list[Message[None]]:
    """All that a worker with this broker gets to see now."""
    consumer = broker.consume(TaskBroker.TASKS, prefetch=10, timeout=1)
    return [message for message in (next(consumer) for _ in range(10)) if message]


def test_a_task_proves_where_it_comes_from(any_redis: str) -> None:
    order = request()
    RedisQueue(broker(any_redis), SIGNER).enqueue(order)
    (task,) = tasks(any_redis)
    body = task.kwargs["body"].encode()
    assert SIGNER.verify(task.kwargs["signature"], body) == order.job_id
    assert VideoRequest.from_json(body) == order


def test_a_redis_that_is_away_is_told_at_once(real_redis: str) -> None:
    with FaultyRedis(real_redis) as line:
        queue = RedisQueue(broker(line.url), SIGNER)
        line.hang_up()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            queue.enqueue(request())
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("warm", [False, True])
def test_a_redis_that_says_nothing_is_told_within_seconds(real_redis: str, warm: bool) -> None:
    with FaultyRedis(real_redis) as line:
        queue = RedisQueue(broker(line.url), SIGNER)
        if warm:
            queue.enqueue(request())
        line.fail(Fault.SILENCE, times=None)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            queue.enqueue(request())
        assert time.monotonic() - began < PATIENCE


def test_what_redis_itself_refuses_is_unavailable_too(real_redis: str) -> None:
    with FaultyRedis(real_redis) as line:
        line.fail(Fault.REFUSE, command="EVALSHA", times=None, error="OOM command not allowed when used memory")
        with pytest.raises(Unavailable):
            RedisQueue(broker(line.url), SIGNER).enqueue(request())


def test_a_connection_that_was_closed_meanwhile_costs_no_task(real_redis: str) -> None:
    redis.Redis.from_url(real_redis).flushall()
    with FaultyRedis(real_redis) as line:
        queue = RedisQueue(broker(line.url), SIGNER)
        queue.enqueue(request())
        line.fail(Fault.CLOSE_BEFORE)
        queue.enqueue(request())
    assert len(tasks(real_redis)) == 2


def test_a_lost_reply_makes_two_messages_rather_than_none(real_redis: str) -> None:
    redis.Redis.from_url(real_redis).flushall()
    with FaultyRedis(real_redis) as line:
        ours = broker(line.url)
        RedisQueue(ours, SIGNER).enqueue(request())
        line.fail(Fault.LOSE_REPLY, command="EVALSHA")
        RedisQueue(ours, SIGNER).enqueue(order := request())
    bodies = [task.kwargs["body"] for task in tasks(real_redis)]
    assert bodies[1:] == [order.to_json().decode()] * 2


def test_what_a_lost_reply_took_out_of_the_queue_comes_back(real_redis: str) -> None:
    """dramatiq alone leaves it with a worker that lives and has never seen it."""
    redis.Redis.from_url(real_redis).flushall()
    with FaultyRedis(real_redis) as line:
        ours = broker(line.url)
        RedisQueue(ours, SIGNER).enqueue(order := request())
        line.fail(Fault.LOSE_REPLY, command="EVALSHA")
        with pytest.raises(ConnectionClosed):
            fetched(ours)
        assert tasks(real_redis) == []
        (task,) = fetched(ours)
    assert task.kwargs["body"] == order.to_json().decode()


def test_a_task_that_comes_later_is_not_lost_with_a_reply_either(real_redis: str) -> None:
    redis.Redis.from_url(real_redis).flushall()
    ours = broker(real_redis)
    ours.put({"body": "later", "signature": ""}, pause_seconds=30)
    later = f"{TaskBroker.TASKS}.DQ"
    taken = next(ours.consume(later, prefetch=10, timeout=1))
    again = next(ours.consume(later, prefetch=10, timeout=1))  # as after a failure
    assert taken.message_id == again.message_id


def test_the_tasks_of_a_silent_worker_come_back(any_redis: str) -> None:
    dead = broker(any_redis, silent_seconds=0.2)
    RedisQueue(dead, SIGNER).enqueue(request())
    (task,) = fetched(dead)
    other = broker(any_redis, silent_seconds=0.2)
    assert fetched(other) == []
    time.sleep(0.3)
    assert [again.message_id for again in fetched(other)] == [task.message_id]
