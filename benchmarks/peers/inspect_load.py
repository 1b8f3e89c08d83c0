"""Inspect AI's side: `python -m benchmarks.peers.inspect_load EPISODES ARM` in an environment that has inspect-ai.

One sample is one episode. Each agent has its own conversation and takes its turn with the loop that Inspect's
documentation gives for custom agents: generate, execute the tools, generate again. The log is Inspect's own `.eval`.
The arm `inspect` leaves Inspect's options as they come; `inspect-lean` sets those that make it fastest without making
its log poorer. Prints one line of JSON.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Model,
    ModelOutput,
    ModelUsage,
    execute_tools,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool, tool

from benchmarks.load import BRIEF, MODEL_CALLS, ROUNDS, SCRATCH, SEATS, TURNS, crates, words

__all__ = ["main"]

USAGE = ModelUsage(input_tokens=100, output_tokens=20, total_tokens=120)  # without one, the mock looks for a tokenizer


def answer(messages: list[ChatMessage], *_: Any) -> ModelOutput:
    """The zero-latency model: a tool call, and words once it has seen the result."""
    turn = sum(message.role == "user" for message in messages)
    seat = next(index for index, name in enumerate(SEATS) if f"You are {name}," in messages[0].text)
    if isinstance(messages[-1], ChatMessageTool):
        output = ModelOutput.from_content("mockllm", words(seat, turn))
    else:
        output = ModelOutput.for_tool_call("mockllm", "store", {"amount": crates(seat, turn)})
    output.usage = USAGE
    return output


@tool
def store(bays: dict[str, int], name: str) -> Tool:
    """The act that changes the shared state."""

    async def execute(amount: int) -> str:
        """Put crates into your own bay.

        Args:
            amount: How many crates.
        """
        bays[name] += amount
        return f"your bay holds {bays[name]}"

    return execute


@solver
def warehouse() -> Solver:
    """Plays one episode."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        model = get_model()
        bays = dict.fromkeys(SEATS, 0)
        tools = {name: store(bays, name) for name in SEATS}
        talks: dict[str, list[ChatMessage]] = {n: [ChatMessageSystem(content=BRIEF.format(name=n))] for n in SEATS}
        heard: dict[str, list[str]] = {name: [] for name in SEATS}
        acts = says = 0
        for number in range(1, ROUNDS + 1):
            said: dict[str, str] = {}
            for name in SEATS:
                view = f"You are {name}. Round {number} of {ROUNDS}.\nCrates in the bays: {bays}.\n"
                talks[name].append(ChatMessageUser(content=view + "\n".join(heard.pop(name, []))))
                acts += await turn(model, talks[name], tools[name])
                said[name] = talks[name][-1].text
                says += bool(said[name])
            heard = {name: [f"{who} said to everyone: {t}" for who, t in said.items() if who != name] for name in SEATS}
            state.messages += [ChatMessageUser(content=f"{who}: {text}") for who, text in said.items()]
        state.metadata |= {"acts": acts, "says": says, "crates": sum(bays.values())}
        return state

    return solve


async def turn(model: Model, talk: list[ChatMessage], hand: Tool) -> int:
    """One agent's turn; how many tools it called."""
    called = 0
    while True:
        output = await model.generate(talk, [hand])
        talk.append(output.message)
        if not output.message.tool_calls:
            return called
        called += len(output.message.tool_calls)
        talk.extend((await execute_tools(talk, [hand])).messages)


LEAN = {"log_realtime": False, "max_samples": 1}


def play(episodes: int, folder: Path, options: dict[str, Any]) -> tuple[float, float, list[Any]]:
    """Wall and CPU seconds, and what became of the samples."""
    model = get_model("mockllm/model", custom_outputs=answer, memoize=False)
    samples = [Sample(input="Keep the warehouse.", id=index) for index in range(1, episodes + 1)]
    task = Task(dataset=MemoryDataset(samples), solver=warehouse())
    began, spent = time.perf_counter(), time.process_time()
    (log,) = eval(task, model=model, log_dir=str(folder), display="none", log_format="eval", score=False, **options)
    return time.perf_counter() - began, time.process_time() - spent, log.samples or []


def main(episodes: int, arm: str) -> None:
    """Warm up, play, count, print."""
    options = LEAN if arm == "inspect-lean" else {}
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH, prefix=".bench-") as scratch:
        play(2, Path(scratch, "warm"), options)
        wall, cpu, samples = play(episodes, Path(scratch, "logs"), options)
        size = sum(path.stat().st_size for path in Path(scratch, "logs").glob("*.eval"))
    counted = {key: sum(sample.metadata[key] for sample in samples) for key in ("acts", "says", "crates")}
    events = [event.event for sample in samples for event in sample.events]
    if (events.count("model"), events.count("tool")) != (episodes * MODEL_CALLS, episodes * TURNS):
        raise SystemExit("the log does not hold every model call and every tool call")
    print(json.dumps({"wall": wall, "cpu": cpu, "bytes": size, **counted}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
