"""The command line: ``tenon serve|run|ticket|models|doctor``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from server.commands import Command, accept, doctor, pull, reject, run, run_one, show, tickets
from server.commands import models as list_models

USAGE_ERROR = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong usage)."""
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
    _add(commands, "doctor", doctor, "check settings, machine and repository")
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
    group = commands.add_parser("ticket", help="see, run, accept or reject tickets")
    verbs = group.add_subparsers(required=True, metavar="ACTION")
    _add(verbs, "list", tickets, "list the tickets")
    for name, command, text in (
        ("show", show, "show a ticket with its evidence and its diff"),
        ("run", run_one, "let the pair work on a ticket"),
        ("accept", accept, "merge a finished ticket"),
        ("reject", reject, "send a finished ticket back to work, or drop it"),
    ):
        _add(verbs, name, command, text).add_argument("id", help="id, or its beginning")
    verbs.choices["run"].add_argument("--seed", type=int, default=0, metavar="N")
    verbs.choices["reject"].add_argument("--reason", default="", metavar="TEXT")
    verbs.choices["reject"].add_argument("--drop", action="store_true", help="for good")


def _add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("models", help="list or fetch models")
    verbs = group.add_subparsers(required=True, metavar="ACTION")
    _add(verbs, "list", list_models, "list the configured models")
    _add(verbs, "pull", pull, "fetch a model into the cache").add_argument("id")


if __name__ == "__main__":
    sys.exit(main())
