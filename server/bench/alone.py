"""What the bare model answers: one greedy answer from the task's own words, no tests, no team."""

from __future__ import annotations

from agents.inference import ChatTurn, Completion, CompletionRequest, LanguageModel, complete_one
from agents.languages.registry import language_of
from server.bench.task import Task

_TOKENS = 1000


async def answer_alone(models: LanguageModel, task: Task) -> tuple[Completion, str]:
    """The answer, and the target file with its code in it; empty if there is none in it.

    The file is what the team has to start from, so for HumanEval this is its pass@1.
    """
    language = language_of(task.target_file, list(task.files), task.files)
    system = ChatTurn("system", f"You write {language.name}. You answer with one code block.")
    stub = task.files.get(task.target_file, "")
    words = f"{task.instructions}\n\n" if not task.target_symbol else ""
    what = f"Complete `{task.target_symbol}`." if task.target_symbol else "Write the whole file."
    content = f"{words}File `{task.target_file}`:\n```{language.fence}\n{stub}```\n{what}"
    completion = await complete_one(
        models, CompletionRequest("developer", (system, ChatTurn("user", content)), _TOKENS)
    )
    blocks = language.code_blocks(completion.text)
    if not task.target_symbol:
        return completion, language.whole_file(stub, blocks)
    merged = language.merge(stub, "\n\n".join(blocks), {task.target_symbol})
    return completion, merged.text if merged.changed else ""
