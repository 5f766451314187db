import ctypes

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.models.engine.batch import TokenBatch

PARTS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 200_000), min_size=1, max_size=9),
        st.integers(0, 100_000),
        st.integers(0, 63),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


@given(st.lists(PARTS, min_size=1, max_size=3))
def test_llama_cpp_reads_what_was_added(steps: list[list[tuple[list[int], int, int, bool]]]):
    batch = TokenBatch(63)
    for parts in steps:
        batch.clear()
        wanted = []
        for tokens, position, sequence, output in parts:
            last = batch.add(np.asarray(tokens, np.int32), position, sequence, output=output)
            wanted += [
                (token, position + offset, sequence, output and offset == len(tokens) - 1)
                for offset, token in enumerate(tokens)
            ]
            assert last == len(wanted) - 1
        c = batch.as_llama_batch()
        assert c.n_tokens == batch.size == len(wanted)
        assert not c.embd
        assert [c.n_seq_id[i] for i in range(c.n_tokens)] == [1] * len(wanted)
        assert wanted == [
            (c.token[i], c.pos[i], c.seq_id[i][0], bool(c.logits[i])) for i in range(c.n_tokens)
        ]


def test_the_layout_does_not_move_between_steps():
    batch = TokenBatch(4)
    addresses = []
    for _ in range(2):
        batch.clear()
        batch.add(np.asarray([1], np.int32), 0, 0, output=True)
        addresses.append(ctypes.addressof(batch.as_llama_batch().token.contents))
    assert addresses[0] == addresses[1]
