"""The broker goes away, or loses all that it was told, queues too, while everything runs.

Nobody restarts anything: the topology is declared anew, what was forgotten is ordered anew, and
`registry doctor` says first what is missing and then that nothing is.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import aiormq
import pytest
import pytest_asyncio

from shared.areas.store.files import load_areas
from tests import evidence, facts, servers
from tests.broker import Node, private
from tests.faults import system
from tests.faults.system import ROOT, System
from tests.waiting import until

HASTY = ("-m", "tests.faults.hasty_worker")
HOUSEHOLDS = 40
DAY = "2023-12-14"
pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(900),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A RabbitMQ that nobody else uses."""
    with private() as made:
        if made is None:
            pytest.skip("no RabbitMQ can be started; its losses were NOT TESTED")
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    node: Node, durable_server: servers.Server, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[System]:
    """The distributed registry on that node, with workers that soon miss what was forgotten."""
    system.TREE[:] = [load_areas(ROOT / "seeds" / "areas")]
    dsn = await durable_server.create()
    folder = tmp_path_factory.mktemp("logs")
    made = System(dsn, node.url, folder)
    for name in ("worker1", "worker2"):
        made.programs[name] = made.program(name, HASTY)
    try:
        with evidence.source("logs", folder), evidence.source("broker", node.folder / "log"):
            await made.start()
            yield made
    finally:
        await made.end()
        await durable_server.drop(dsn)


def stop_app(node: Node) -> None:
    """Stop the broker; what it holds is durable."""
    assert node.control("stop_app")


def delete_vhost(node: Node) -> None:
    """Delete the vhost of everything that runs."""
    assert node.control("delete_vhost", "/")


def make_vhost(node: Node) -> None:
    """Make it again, as the operator does whom `doctor` told to; it is empty."""
    assert node.control("add_vhost", "/")
    assert node.control("set_permissions", "-p", "/", "guest", ".*", ".*", ".*")


def reset(node: Node) -> None:
    """Return the node to its first day: users, vhosts, exchanges, queues and messages are gone."""
    for order in ("stop_app", "reset"):
        assert node.control(order), order


def start_app(node: Node) -> None:
    """Let it work again."""
    assert node.control("start_app")
    assert node.control("await_startup")


def lose_volume(node: Node) -> None:
    """Kill the node and delete what it wrote."""
    node.kill()
    node.lose_volume()


def create_anew(node: Node) -> None:
    """Make a node of the same name at the same place, as a container engine does."""
    assert node.start()


@pytest.mark.parametrize(
    ("lose", "return_", "said"),
    [
        (stop_app, start_app, "nothing listens there"),
        (delete_vhost, make_vhost, "the vhost '/' does not exist"),
        (reset, start_app, "nothing listens there"),
        (lose_volume, create_anew, "nothing listens there"),
    ],
    ids=["restarted", "vhost-deleted", "node-reset", "node-made-anew-without-its-volume"],
)
async def test_a_broker_that_went_or_lost_everything_is_made_use_of_again(
    running: System,
    node: Node,
    lose: Callable[[Node], None],
    return_: Callable[[Node], None],
    said: str,
) -> None:
    async with running.load():
        async with forgotten(running):
            await asyncio.to_thread(lose, node)
        away = len(running.accepted)
        await until(lambda: len(running.accepted) >= away + 20)
        code, told = await doctor(running)
        assert code == 1
        assert f"FAIL broker: RabbitMQ at 127.0.0.1:{node.port}: {said}" in told
        await asyncio.to_thread(return_, node)
        back = len(running.accepted)
        await until(lambda: len(running.accepted) >= back + 20)
    await until(lambda: declared(running))
    await running.drained()
    assert set((await running.depths()).values()) == {0}
    await running.audit()
    assert await running.rows("SELECT * FROM quarantine") == []
    code, told = await doctor(running)
    assert code == 0, told


async def test_the_door_alone_declares_what_was_deleted(running: System, node: Node) -> None:
    for worker in running.workers:
        await worker.kill()
    await asyncio.to_thread(reset, node)
    await asyncio.to_thread(start_app, node)
    await running.post([facts.assessed("ALONE-1", DAY, external_id=f"ALONE-1/{DAY}")])
    await until(lambda: handed_over(running))
    for worker in running.workers:
        worker.start()
    await asyncio.gather(*(worker.ready() for worker in running.workers))
    await running.drained()
    await running.audit()


@asynccontextmanager
async def forgotten(running: System) -> AsyncIterator[None]:
    """Hold the workers, which go on in the end, and let accepted work lie in the broker alone."""
    for worker in running.workers:
        worker.signal(signal.SIGSTOP)
    try:
        names = [f"FORGOTTEN-{len(running.events)}-{n}" for n in range(HOUSEHOLDS)]
        told = await running.post(
            [facts.assessed(name, DAY, external_id=f"{name}/{DAY}") for name in names]
        )
        assert len(told) == HOUSEHOLDS
        await until(lambda: handed_over(running, "%FORGOTTEN%"))
        yield
    finally:
        for worker in running.workers:
            worker.signal(signal.SIGCONT)


async def handed_over(running: System, like: str = "%") -> bool:
    """Say whether the broker has every such message."""
    return not await running.rows("SELECT 1 FROM outbox WHERE payload LIKE $1", like)


async def declared(running: System) -> bool:
    """Say whether the queues are there."""
    try:
        await running.depths()
    except aiormq.exceptions.ChannelNotFoundEntity:
        return False
    return True


async def doctor(running: System) -> tuple[int, str]:
    """Run `registry doctor` as an operator does."""
    program = running.program(f"doctor-{len(running.events)}", ("-m", "services", "doctor"))
    program.start()
    code = await program.ended()
    return code, program.log.read_text()
