from server.models.restarts import LONGEST_BACK_OFF, Restarts


def test_each_crash_doubles_the_wait_up_to_a_limit():
    restarts, waits = Restarts(), []
    for _ in range(9):
        restarts.crashed(now=100)
        waits.append(restarts.not_before - 100)
    assert waits[:4] == [0.5, 1, 2, 4]
    assert waits[-1] == LONGEST_BACK_OFF


def test_three_crashes_while_loading_are_given_up_and_crashes_later_are_not():
    restarts = Restarts()
    for _ in range(9):
        restarts.crashed(0)
    assert not restarts.given_up
    for _ in range(3):
        assert not restarts.given_up
        restarts.crashed_on_load(0)
    assert restarts.given_up


def test_an_answer_makes_up_for_everything():
    restarts = Restarts()
    restarts.crashed_on_load(100)
    restarts.crashed_on_load(100)
    restarts.answered()
    assert restarts == Restarts()
