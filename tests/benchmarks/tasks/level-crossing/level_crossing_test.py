import unittest

from level_crossing import LevelCrossing


class LevelCrossingTest(unittest.TestCase):
    def setUp(self):
        self.crossing = LevelCrossing()

    def expect(self, state, barriers):
        self.assertEqual((self.crossing.state(), self.crossing.barriers()), (state, barriers))

    def close(self, *tracks):
        for track in tracks:
            self.crossing.approach(track)
        self.crossing.tick(14)
        self.expect("closed", 100)

    def test_open_at_first_and_for_as_long_as_no_train_comes(self):
        self.expect("open", 0)
        self.crossing.tick(10_000)
        self.expect("open", 0)

    def test_train_makes_it_warn(self):
        self.crossing.approach(1)
        self.expect("warning", 0)
        self.crossing.tick(5)
        self.expect("warning", 0)

    def test_warning_goes_over_into_lowering(self):
        self.crossing.approach(1)
        self.crossing.tick(6)
        self.expect("lowering", 0)
        self.crossing.tick(1)
        self.expect("lowering", 12)
        self.crossing.tick(3)
        self.expect("lowering", 50)

    def test_lowering_goes_over_into_closed(self):
        self.crossing.approach(1)
        self.crossing.tick(6)
        self.crossing.tick(7)
        self.expect("lowering", 87)
        self.crossing.tick(1)
        self.expect("closed", 100)

    def test_closed_until_the_train_has_left(self):
        self.close(1)
        self.crossing.tick(900)
        self.expect("closed", 100)
        self.crossing.leave(1)
        self.expect("raising", 100)

    def test_raising_goes_over_into_open(self):
        self.close(1)
        self.crossing.leave(1)
        self.crossing.tick(2)
        self.expect("raising", 75)
        self.crossing.tick(5)
        self.expect("raising", 12)
        self.crossing.tick(1)
        self.expect("open", 0)

    def test_one_tick_through_several_states(self):
        self.crossing.approach(1)
        self.crossing.tick(10)
        self.expect("lowering", 50)
        self.crossing.leave(1)
        self.crossing.tick(6)
        self.expect("raising", 75)

    def test_tick_of_no_seconds(self):
        self.crossing.approach(1)
        self.crossing.tick(0)
        self.expect("warning", 0)

    def test_closed_for_the_last_of_several_trains(self):
        self.close(1, 2)
        self.crossing.leave(1)
        self.expect("closed", 100)
        self.crossing.leave(2)
        self.expect("raising", 100)

    def test_second_train_does_not_begin_the_warning_anew(self):
        self.crossing.approach(1)
        self.crossing.tick(4)
        self.crossing.approach(2)
        self.crossing.tick(2)
        self.expect("lowering", 0)

    def test_train_that_left_early(self):
        self.crossing.approach(1)
        self.crossing.tick(3)
        self.crossing.leave(1)
        self.expect("warning", 0)
        self.crossing.tick(10)
        self.expect("lowering", 87)
        self.crossing.tick(1)
        self.expect("raising", 100)
        self.crossing.tick(8)
        self.expect("open", 0)

    def test_train_that_left_early_and_another_that_came(self):
        self.crossing.approach(1)
        self.crossing.leave(1)
        self.crossing.tick(8)
        self.crossing.approach(1)
        self.crossing.tick(100)
        self.expect("closed", 100)

    def test_train_while_raising_lowers_at_once(self):
        self.close(1)
        self.crossing.leave(1)
        self.crossing.tick(3)
        self.expect("raising", 62)
        self.crossing.approach(2)
        self.expect("lowering", 62)
        self.crossing.tick(2)
        self.expect("lowering", 87)
        self.crossing.tick(1)
        self.expect("closed", 100)

    def test_train_in_the_moment_in_which_it_begins_to_raise(self):
        self.close(1)
        self.crossing.leave(1)
        self.crossing.approach(1)
        self.expect("closed", 100)
        self.crossing.leave(1)
        self.expect("raising", 100)

    def test_open_again_warns_again(self):
        self.close(1)
        self.crossing.leave(1)
        self.crossing.tick(8)
        self.crossing.approach(1)
        self.expect("warning", 0)

    def test_track_that_is_taken(self):
        self.crossing.approach(3)
        with self.assertRaises(ValueError) as err:
            self.crossing.approach(3)
        self.assertEqual(err.exception.args[0], "track 3 is taken")

    def test_track_that_is_free(self):
        self.close(1)
        with self.assertRaises(ValueError) as err:
            self.crossing.leave(2)
        self.assertEqual(err.exception.args[0], "track 2 is free")
        self.expect("closed", 100)

    def test_time_does_not_run_backwards(self):
        self.crossing.approach(1)
        self.crossing.tick(5)
        with self.assertRaises(ValueError) as err:
            self.crossing.tick(-1)
        self.assertEqual(err.exception.args[0], "time does not run backwards")
        self.crossing.tick(1)
        self.expect("lowering", 0)


if __name__ == "__main__":
    unittest.main()
