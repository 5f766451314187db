"""Tenon's engine against llama.cpp's own servers: the same file, threads, prompts and window.

Usage: python -m tests.benchmarks.bench_engine [--model FILE.gguf] [--rounds N] [FIGURE…]
Run it with nothing else going on: another busy process costs far more than its share.
The servers run one after another in each round, so that the machine's mood hits all alike.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from server.models.catalog import CATALOG, DEFAULT_MODEL
from server.models.configuration import ModelChoice, physical_cores, resolve
from server.models.from_settings import model_settings
from server.models.system_memory import process_memory
from server.models.worker_process import WorkerProcess
from server.settings import load
from tests.benchmarks.serving import (
    NO_END,
    ROOT,
    Command,
    Reply,
    Server,
    Setting,
    llama_cpp_server,
    llama_server,
    running,
    tenon,
)

PREFIX_WORDS, ANSWER_TOKENS = 500, 200
TASKS = ["parse dates", "sort names", "count words", "join paths", "read a table"]
TASKS += ["strip tags", "round prices", "merge lists"]

Figures = dict[str, float]
Figure = Callable[[Server], Awaitable[Figures]]


def role(words: int, name: str = "value") -> dict[str, str]:
    """A system message; about 2.4 tokens a word."""
    text = " ".join(f"{name}_{number} is a setting." for number in range(words // 4))
    return {"role": "system", "content": f"You write Python. {text}"}


def task(text: str) -> dict[str, str]:
    """A user message."""
    return {"role": "user", "content": f"Write a long Python module to {text}, with comments."}


# ---------------------------------------------------------------------- the figures


async def agents(server: Server) -> Figures:
    """Eight agents at once: one long prefix, a task each."""
    started = time.perf_counter()
    replies = await asyncio.gather(
        *(
            server.ask(
                [role(PREFIX_WORDS), task(text)], max_tokens=ANSWER_TOKENS, logit_bias=NO_END
            )
            for text in TASKS
        )
    )
    _require([reply.tokens for reply in replies], ANSWER_TOKENS)
    return {
        "agents: wall-clock s": time.perf_counter() - started,
        "agents: last first token s": max(reply.first for reply in replies),
        "agents: prompt tokens": float(replies[0].usage.get("prompt_tokens", 0)),
    }


async def single(server: Server) -> Figures:
    """One stream, nothing else."""
    reply = await server.ask([task("parse logs")], max_tokens=128, logit_bias=NO_END)
    return {"single: tokens/s": _decode_rate(reply)}


async def tries(server: Server) -> Figures:
    """Sixteen tries of one prompt."""
    started = time.perf_counter()
    reply = await server.ask(
        [task("parse logs")],
        n=16,
        max_tokens=128,
        temperature=0.8,
        seed=1,
        logit_bias=NO_END,
    )
    seconds = time.perf_counter() - started
    _require([reply.tokens], 16 * 128)
    return {"n=16: tokens/s": reply.tokens / seconds}


async def person(server: Server) -> Figures:
    """First token of a person's request, alone and beside four background requests."""
    idle = [await _first_token(server, number) for number in range(20)]
    work = [
        asyncio.ensure_future(
            server.ask([task(text)], max_tokens=3000, logit_bias=NO_END, seed=number)
        )
        for number, text in enumerate(TASKS[:4])
    ]
    await asyncio.sleep(3)
    busy = [await _first_token(server, number + 20) for number in range(20)]
    assert not any(each.done() for each in work)
    for each in work:
        each.cancel()
    return {
        "person: idle p50 s": statistics.median(idle),
        "person: idle p95 s": sorted(idle)[18],
        "person: busy p50 s": statistics.median(busy),
        "person: busy p95 s": sorted(busy)[18],
    }


async def _first_token(server: Server, number: int) -> float:
    question = f"Question {number}: what does the function number {number * 7} of my module do?"
    reply = await server.ask(
        [{"role": "user", "content": question}], max_tokens=8, priority="interactive"
    )
    return reply.first


def _decode_rate(reply: Reply) -> float:
    return (reply.tokens - 1) / (reply.total - reply.first)


def _require(counts: list[int], wanted: int) -> None:
    """A server that cuts answers off is no faster for it."""
    if any(count < 0.97 * wanted for count in counts):
        raise RuntimeError(f"{wanted} tokens were asked for and {counts} came.")


FIGURES: dict[str, Figure] = {"agents": agents, "single": single, "tries": tries, "person": person}


# ---------------------------------------------------------------------- Tenon alone


async def restart(setting: Setting) -> Figures:
    """First token with a role prefix that an earlier process saved."""
    with tempfile.TemporaryDirectory() as cache:
        # Prefixes lie in the cache folder; this one is empty before.
        environment = os.environ | {"TENON_CACHE_DIR": cache}
        messages = [role(PREFIX_WORDS, "restart"), task("parse logs")]
        first = []
        for _ in range(2):
            async with running(tenon, setting, environment) as server:
                reply = await server.ask(messages, max_tokens=8)
                first.append(reply.first)
                await asyncio.sleep(2)
    return {"restart: prefix read s": first[0], "restart: prefix from disk s": first[1]}


async def worker(setting: Setting) -> Figures:
    """The worker process itself: the engine's own share of a step, and memory given back."""
    choice = ModelChoice(str(setting.model), setting.context, setting.threads)
    configuration = resolve(model_settings(load().values), choice)
    process = await WorkerProcess.start(configuration)
    shares = {}
    for n in (1, 16):
        before = await process.statistics()
        await _decode(process, n)
        after = await process.statistics()
        step = after["step_seconds"] - before["step_seconds"]
        shares[n] = 1 - (after["llama_seconds"] - before["llama_seconds"]) / step
    held, started = process.memory_bytes(), time.perf_counter()
    await process.stop()
    return {
        "engine's share of a step, n=1 %": 100 * shares[1],
        "engine's share of a step, n=16 %": 100 * shares[16],
        "memory held MiB": held / 2**20,
        "memory held after the end MiB": process_memory(process.pid) / 2**20,
        "memory given back in s": time.perf_counter() - started,
    }


async def _decode(process: WorkerProcess, n: int) -> None:
    fields = {
        "messages": [task("parse logs")],
        "max_tokens": 128,
        "samplings": [{"temperature": 0.8, "seed": seed} for seed in range(n)],
    }
    async for _ in process.generate(fields):
        pass


# ---------------------------------------------------------------------- the run


ALONE: dict[str, Callable[[Setting], Awaitable[Figures]]] = {"restart": restart, "worker": worker}


async def main() -> None:
    """Measure what was asked for and print a table."""
    options = _options()
    setting = Setting(options.model, physical_cores(), context=4096, slots=16)
    peers: dict[str, Command] = {
        "Tenon": tenon,
        "llama-server": llama_server(_peer("llama_server.sh")),
    }
    results: dict[str, dict[str, list[float]]] = {}
    for round_number in range(options.rounds):
        for name in options.figures:
            if name in ALONE:
                _note(results, "Tenon", await ALONE[name](setting))
                continue
            servers = dict(peers)
            if name == "agents":
                servers["llama_cpp.server"] = llama_cpp_server(_peer("llama_cpp_server.sh"))
            for server_name, command in servers.items():
                async with running(command, setting) as server:
                    _note(results, server_name, await FIGURES[name](server))
        print(f"(round {round_number + 1} of {options.rounds})", flush=True)
    for figure, values in results.items():
        cells = (f"{name} {statistics.median(each):.2f}" for name, each in values.items())
        print(f"{figure:<32} {'   '.join(cells)}")


def _note(results: dict[str, dict[str, list[float]]], server: str, figures: Figures) -> None:
    for figure, value in figures.items():
        results.setdefault(figure, {}).setdefault(server, []).append(value)
        print(f"{server:<18} {figure:<32} {value:8.2f}", flush=True)


def _peer(script: str) -> str:
    command = [ROOT / "scripts" / script]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    default = CATALOG[DEFAULT_MODEL].path(load().values.models_dir)
    parser.add_argument("--model", type=Path, default=default)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("figures", nargs="*", default=[*FIGURES, *ALONE])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
