"""The chat template that a GGUF file carries: messages to tokens.

Message contents are tokenised as plain text, so that a control token spelled out in a
source file (``<|im_end|>``) cannot end the message that quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from llama_cpp.llama_chat_format import Jinja2ChatFormatter

Tokenize = Callable[[str, bool], list[int]]
"""(text, whether control tokens are recognised) -> tokens."""

# Private-use characters: no template looks for them, and no tokenizer sees them.
_MARK = "\ue000{}\ue001"
_MARKS = re.compile("\ue000(\\d+)\ue001")


class ChatTemplate:
    """Renders messages with the model's own Jinja template."""

    def __init__(self, template: str, bos: str, eos: str) -> None:
        self._formatter = Jinja2ChatFormatter(template=template, bos_token=bos, eos_token=eos)
        self._bos = bos

    def tokens(
        self, messages: Sequence[dict[str, str]], tokenize: Tokenize, bos_token: int | None
    ) -> list[int]:
        """Tokens of the prompt, up to where the assistant's answer begins.

        Where the last message is the assistant's, the answer has begun with its text.
        `bos_token` is put in front where the model wants one and the template gives none.
        Raises ValueError when the template refuses the messages.
        """
        begun = ""
        if len(messages) > 1 and messages[-1]["role"] == "assistant":
            *messages, begun = *messages[:-1], messages[-1]["content"]
        marked = [
            {"role": message["role"], "content": _MARK.format(index)}
            for index, message in enumerate(messages)
        ]
        try:
            rendered = self._formatter(messages=marked).prompt  # type: ignore[arg-type]
        except Exception as error:
            raise ValueError(f"The model's chat template refused the messages: {error}") from error
        tokens: list[int] = []
        # re.split with one group alternates: template text, message index, template text, …
        for position, piece in enumerate(_MARKS.split(rendered)):
            is_content = position % 2 == 1
            text = messages[int(piece)]["content"] if is_content else piece
            tokens += tokenize(text, not is_content) if text else []
        if bos_token is not None and tokens[:1] != [bos_token]:
            tokens.insert(0, bos_token)
        return tokens + tokenize(begun, False) if begun else tokens
