"""What the bare model answers: one greedy answer from the task's own words, no tests, no team."""

from __future__ import annotations

from agents.behaviors.whole_file import whole_file
from agents.inference import ChatTurn, Completion, CompletionRequest, LanguageModel, complete_one
from agents.tools.code_blocks import extract_code_blocks
from agents.tools.edits import merge_symbols
from server.bench.task import Task

_SYSTEM = ChatTurn("system", "You write Python. You answer with one code block.")
_TOKENS = 1000


async def answer_alone(models: LanguageModel, task: Task) -> tuple[Completion, str]:
    """The answer, and the target file with its code in it; empty if there is none in it.

    The file is what the team has to start from, so for HumanEval this is its pass@1.
    """
    stub = task.files.get(task.target_file, "")
    words = f"{task.instructions}\n\n" if not task.target_symbol else ""
    what = f"Complete `{task.target_symbol}`." if task.target_symbol else "Write the whole file."
    content = f"{words}File `{task.target_file}`:\n```python\n{stub}```\n{what}"
    completion = await complete_one(
        models, CompletionRequest("developer", (_SYSTEM, ChatTurn("user", content)), _TOKENS)
    )
    blocks = extract_code_blocks(completion.text)
    if not task.target_symbol:
        return completion, whole_file(stub, blocks)
    merged = merge_symbols(stub, "\n\n".join(blocks), {task.target_symbol})
    return completion, merged.text if merged.changed else ""
