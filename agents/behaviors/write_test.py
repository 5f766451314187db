"""Let the model write a test for a criterion that has no example, and check it by tools."""

from __future__ import annotations

from dataclasses import replace

from agents.asking import request_for, write
from agents.base import IAgent
from agents.behaviors.compose_tests import WrittenTest
from agents.python_names import root_name
from agents.workbench import Workbench
from memory.records import Criterion

_ATTEMPTS = 2


class WriteTest:
    """The Tester's behaviour that needs a model."""

    name = "write_test"

    async def run(
        self, agent: IAgent, bench: Workbench, criterion: Criterion
    ) -> WrittenTest | None:
        """A checked test function, or None if the model wrote none that holds."""
        ticket = bench.ticket
        language = bench.language
        name = language.test_name(ticket.target_symbol, criterion)
        root = root_name(ticket.target_symbol)
        request = request_for(
            agent,
            "write_test",
            bench.context,
            {
                "symbol": ticket.target_symbol,
                "module": bench.module,
                "import_line": bench.import_of(root) or "",
                "signature": language.signature_in(bench.words, ticket.target_symbol) or "",
                "statement": bench.statement,
                "criterion": criterion.text,
                "test_name": name,
                "example_test": "",
            },
            max_tokens=220,
        )
        for attempt in range(_ATTEMPTS):
            warmer = replace(request, temperatures=(0.0 if attempt == 0 else 0.7,))
            reply = await write(agent, warmer, bench.context, f"writing a test for {criterion.id}")
            test = language.check_test(
                reply, name, criterion, ticket.target_symbol, bench.import_of
            )
            if isinstance(test, WrittenTest):
                return test
            await agent.log("step", f"{criterion.id}: test thrown away: {test}", ticket.id)
        return None
