import asyncio

import pytest

from agents.inference import Priority
from server.models.turn_keeper import TurnKeeper

PERSON, REVIEW, BACKGROUND = Priority.INTERACTIVE, Priority.REVIEW, Priority.BACKGROUND


class Model:
    """A player that writes down what happens to it."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self._log = name, log

    def pause(self) -> None:
        self._log.append(f"pause {self.name}")

    def resume(self) -> None:
        self._log.append(f"resume {self.name}")


class Scene:
    """Requests that hold the turn until they are told to end."""

    def __init__(self, turn_seconds: float = 1000) -> None:
        self.keeper = TurnKeeper(turn_seconds)
        self.log: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._models: dict[str, Model] = {}
        self._ends: dict[str, asyncio.Event] = {}

    async def ask(self, name: str, model: str, priority: Priority) -> None:
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._request(name, model, priority))
        await self.settled()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self.settled()

    async def settled(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _request(self, name: str, model: str, priority: Priority) -> None:
        player = self._models.setdefault(model, Model(model, self.log))
        async with self.keeper.turn(model, player, priority):
            self.log.append(f"start {name}")
            await self._ends[name].wait()


@pytest.fixture
def scene():
    scene = Scene()
    yield scene
    scene.keeper.close()


async def test_requests_of_one_model_run_together(scene: Scene):
    await scene.ask("one", "a", BACKGROUND)
    await scene.ask("two", "a", PERSON)
    assert scene.log == ["start one", "start two"]


async def test_another_model_waits_until_the_first_one_is_done(scene: Scene):
    await scene.ask("one", "a", REVIEW)
    await scene.ask("two", "b", REVIEW)
    assert scene.log == ["start one"]
    await scene.end("one")
    assert scene.log == ["start one", "start two"]


async def test_a_person_at_another_model_pauses_the_first_one_until_the_answer(scene: Scene):
    await scene.ask("work", "a", BACKGROUND)
    await scene.ask("person", "b", PERSON)
    await scene.end("person")
    assert scene.log == ["start work", "pause a", "start person", "resume a"]


async def test_a_model_without_requests_is_not_paused(scene: Scene):
    await scene.ask("one", "a", REVIEW)
    await scene.end("one")
    await scene.ask("two", "b", REVIEW)
    assert scene.log == ["start one", "start two"]


async def test_a_request_that_gives_up_waiting_holds_up_nobody(scene: Scene):
    await scene.ask("one", "a", REVIEW)
    await scene.ask("gone", "b", PERSON)
    assert scene.log[-2:] == ["pause a", "start gone"]
    scene.tasks["gone"].cancel()
    await scene.settled()
    assert scene.log[-1] == "resume a"


async def test_a_paused_model_whose_requests_are_gone_goes_on_with_the_next_one(scene: Scene):
    await scene.ask("work", "a", BACKGROUND)
    await scene.ask("person", "b", PERSON)
    scene.tasks["work"].cancel()
    await scene.settled()
    await scene.end("person")
    await scene.ask("more", "a", BACKGROUND)
    assert scene.log[-2:] == ["resume a", "start more"]


async def test_models_of_one_class_take_turns():
    scene = Scene(turn_seconds=0.01)
    await scene.ask("one", "a", REVIEW)
    await scene.ask("two", "b", REVIEW)
    async with asyncio.timeout(10):
        while "resume a" not in scene.log or "resume b" not in scene.log:
            await asyncio.sleep(0.01)
    assert scene.log[:5] == ["start one", "pause a", "start two", "pause b", "resume a"]
    await scene.end("one")
    await scene.end("two")
    scene.keeper.close()
