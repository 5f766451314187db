"""The command line: ``tenon serve|run|ticket|models|memory|bench|doctor``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from memory.allocator import limit_arenas
from server.bench.recall_command import add_bench_recall
from server.commands import (
    Command,
    accept,
    add,
    doctor,
    pull,
    rebase,
    reject,
    run,
    run_one,
    show,
    tickets,
)
from server.commands import models as list_models
from server.memory_command import add_memory

USAGE_ERROR = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong usage)."""
    limit_arenas()
    options = _parser().parse_args(arguments)
    if options.command is None:
        from server.serve import serve

        return serve()
    if not options.repository.is_dir():
        print(f"tenon: {options.repository} is not a folder.", file=sys.stderr)
        return USAGE_ERROR
    options.repository = options.repository.resolve()
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    command: Command = options.command
    try:
        return asyncio.run(command(options))
    except KeyboardInterrupt:
        print("Stopped. Nothing that was accepted is lost.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tenon", description="A small AI software team that runs on your own machine."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="speak LSP on standard input and output")
    serve.set_defaults(command=None)
    _add_run(commands)
    _add_tickets(commands)
    _add_models(commands)
    add_memory(commands)
    _add_bench(commands)
    _add(commands, "doctor", doctor, "check settings, machine and repository").add_argument(
        "--sandbox",
        action="store_true",
        help="try to get out of the sandbox, with and without bubblewrap (seconds)",
    )
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    command: Command,
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument(
        "--repository", type=Path, default=Path(), metavar="PATH", help="default: this folder"
    )
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.set_defaults(command=command)
    return parser


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _add(commands, "run", run, "build a request: spec, tickets, tests, code, merge")
    parser.add_argument("--request", required=True, metavar="TEXT", help="what to build")
    parser.add_argument("--yes", action="store_true", help="accept everything without asking")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the sampling")


def _add_tickets(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("ticket", help="see, run, accept, rebase or reject tickets")
    verbs = group.add_subparsers(required=True, metavar="ACTION")
    _add(verbs, "list", tickets, "list the tickets")
    _add_ticket(verbs)
    for name, command, text in (
        ("show", show, "show a ticket with its evidence and its diff"),
        ("run", run_one, "let the pair work on a ticket"),
        ("accept", accept, "merge a finished ticket"),
        ("rebase", rebase, "bring a finished ticket onto its base branch as it is now"),
        ("reject", reject, "send a finished ticket back to work, or drop it"),
    ):
        _add(verbs, name, command, text).add_argument("id", help="id, or its beginning")
    verbs.choices["run"].add_argument("--seed", type=int, default=0, metavar="N")
    verbs.choices["reject"].add_argument("--reason", default="", metavar="TEXT")
    verbs.choices["reject"].add_argument("--drop", action="store_true", help="for good")


def _add_ticket(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _add(verbs, "add", add, "add a ticket whose tests you bring: they decide")
    parser.add_argument("title", help="what the code is to do, in a line")
    parser.add_argument("--file", type=Path, required=True, help="source file to write or change")
    parser.add_argument(
        "--symbol", default="", help="function, class or Class.method; default: all"
    )
    parser.add_argument("--tests", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--description", default="", metavar="TEXT", help="rules in your words")


def _add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("models", help="list, fetch, measure or serve models")
    verbs = group.add_subparsers(required=True, metavar="ACTION")
    _add(verbs, "list", list_models, "list the configured models")
    _add(verbs, "pull", pull, "fetch a model into the cache").add_argument("id")
    _add_probe_model(verbs)
    _add_serve_models(verbs)


def _add_probe_model(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "measure a model on this machine and keep the way to run it that is best (minutes)"
    parser = verbs.add_parser("probe", help=text, description=text)
    parser.add_argument("id", nargs="?", metavar="ID|FILE.gguf", help="default: the configured one")
    parser.add_argument("--quick", action="store_true", help="try no other format of the weights")
    parser.add_argument("--json", action="store_true", help="print the card on standard output")
    parser.set_defaults(command=_probe_model, repository=Path())


def _add_serve_models(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "serve models on this machine's loopback, as OpenAI's protocol has it"
    parser = verbs.add_parser("serve", help=text, description=text)
    parser.add_argument(
        *("--model", "-m"),
        action="append",
        metavar="ID|FILE.gguf",
        help="may be repeated; the first is `default` as well. Default: the configured model",
    )
    parser.add_argument("--port", type=int, default=8765, metavar="N", help="0 takes a free one")
    parser.add_argument("--token", metavar="T", help="default: TENON_SERVE_TOKEN, else random")
    parser.add_argument("--ctx", type=_tokens, metavar="N", help="tokens of context per sequence")
    parser.set_defaults(command=_serve_models, repository=Path(), json=False)


def _add_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("bench", help="measure the team")
    verbs = group.add_subparsers(required=True, metavar="WHAT")
    text = "let the pair solve given tasks, and judge what it merged by the tests given"
    parser = verbs.add_parser("pair", help=text, description=text)
    parser.add_argument(
        "--tasks",
        type=Path,
        required=True,
        metavar="FILE|FOLDER",
        help="HumanEval's file, or one or many exercises in exercism's layout",
    )
    parser.add_argument("--only", type=_names, default=[], metavar="A,B", help="tasks by name")
    parser.add_argument("--minutes", type=_minutes, default=2.0, metavar="M", help="for each task")
    parser.add_argument("--model", metavar="ID", help="default: the configured one")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--tests",
        choices=("given", "written"),
        default="given",
        help="written: the tests given only judge, and the Tester writes its own",
    )
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument("--greedy", action="store_true", help="one answer at temperature 0")
    effort.add_argument(
        "--alone",
        action="store_true",
        help="the baseline: one answer of the bare model, without tests or team",
    )
    parser.add_argument("--json", dest="out", type=Path, metavar="OUT", help="results so far")
    parser.add_argument("--verbose", action="store_true", help="tell every step")
    parser.set_defaults(command=_bench_pair, repository=Path())
    add_bench_recall(verbs)
    _add_bench_memory(verbs)


def _add_bench_memory(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "ask for functions in words, and measure whether and how fast they are found"
    parser = verbs.add_parser("memory", help=text, description=text)
    for name, what in (("cosqa", "questions, in CoSQA's form"), ("codes", "code_idx_map.txt")):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="FILE", help=what)
    parser.add_argument(
        "--rows", type=int, default=0, metavar="N", help="time searches among N rows"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.set_defaults(command=_bench_memory, repository=Path())


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _minutes(text: str) -> float:
    minutes = float(text)
    if minutes <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return minutes


def _tokens(text: str) -> int:
    tokens = int(text)
    if tokens < 512:
        raise argparse.ArgumentTypeError("must be 512 or more")
    return tokens


async def _probe_model(options: argparse.Namespace) -> int:
    from server.probe_command import probe_model

    return await probe_model(options)


async def _bench_pair(options: argparse.Namespace) -> int:
    from server.bench.command import bench_pair

    return await bench_pair(options)


async def _bench_memory(options: argparse.Namespace) -> int:
    from server.bench.memory_command import bench_memory

    return await bench_memory(options)


async def _serve_models(options: argparse.Namespace) -> int:
    from server.openai_api.serve_command import serve_models

    return await serve_models(options)


if __name__ == "__main__":
    sys.exit(main())
