import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.models.engine.cells import CellLedger

TOTAL, SEQUENCES = 40, 5
sequences = st.integers(0, SEQUENCES - 1)


class LedgerBesideSets(RuleBasedStateMachine):
    """The ledger beside a plain model: each sequence a list of named cells."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = CellLedger(TOTAL)
        self.model: dict[int, list[int]] = {number: [] for number in range(SEQUENCES)}
        self.names = itertools.count()

    def used(self) -> int:
        return len(set().union(*self.model.values()))

    @rule(sequence=sequences, count=st.integers(0, 15))
    def append(self, sequence: int, count: int) -> None:
        if count > TOTAL - self.used():
            with pytest.raises(ValueError, match="are wanted"):
                self.ledger.append(sequence, count)
        else:
            self.ledger.append(sequence, count)
            self.model[sequence] += itertools.islice(self.names, count)

    @precondition(lambda self: any(self.model.values()) and not all(self.model.values()))
    @rule(data=st.data())
    def share(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from([n for n, held in self.model.items() if held]))
        target = data.draw(st.sampled_from([n for n, held in self.model.items() if not held]))
        length = data.draw(st.integers(1, len(self.model[source])))
        self.ledger.share(source, target, length)
        self.model[target] = self.model[source][:length]

    @rule(sequence=sequences, length=st.integers(0, TOTAL))
    def cut(self, sequence: int, length: int) -> None:
        self.ledger.cut(sequence, length)
        del self.model[sequence][length:]

    @rule(parts=st.lists(st.tuples(sequences, st.integers(0, TOTAL))))
    def held_by(self, parts: list[tuple[int, int]]) -> None:
        held = [self.model[sequence][:length] for sequence, length in parts]
        assert self.ledger.held_by(parts) == len(set().union(*held))

    @invariant()
    def counts_are_those_of_the_sets(self) -> None:
        assert self.ledger.used == self.used()
        assert self.ledger.free == TOTAL - self.used()
        for sequence, held in self.model.items():
            assert self.ledger.length(sequence) == len(held)


LedgerBesideSets.TestCase.settings = settings(max_examples=60, deadline=None)
TestTheLedgerCountsAsSetsDo = LedgerBesideSets.TestCase
