import unittest

from climb_profile import climb


class ClimbTest(unittest.TestCase):
    def test_no_readings(self):
        self.assertEqual(climb([], 3), (0, 0))

    def test_one_reading(self):
        self.assertEqual(climb([800], 3), (0, 0))

    def test_up(self):
        self.assertEqual(climb([800, 810, 825], 3), (25, 0))

    def test_down(self):
        self.assertEqual(climb([825, 810, 800], 3), (0, 25))

    def test_up_and_down(self):
        self.assertEqual(climb([100, 150, 120, 130], 1), (60, 30))

    def test_trembling_counts_as_nothing(self):
        self.assertEqual(climb([100, 102, 99, 101, 98], 3), (0, 0))

    def test_change_that_just_counts(self):
        self.assertEqual(climb([100, 103, 100], 3), (3, 3))

    def test_slow_climb_counts_once_it_is_large_enough(self):
        self.assertEqual(climb([100, 102, 104, 106, 108], 5), (6, 0))

    def test_small_steps_back_are_compared_with_the_height_in_mind(self):
        self.assertEqual(climb([100, 110, 106, 112, 102], 5), (10, 8))

    def test_at_sea_level(self):
        self.assertEqual(climb([5, 0, 7], 1), (7, 5))

    def test_below_sea_level(self):
        self.assertEqual(climb([-3, 2, -8], 4), (5, 10))

    def test_least_change(self):
        for least in (0, -1):
            with self.subTest(least=least), self.assertRaises(ValueError) as err:
                climb([], least)
            self.assertEqual(err.exception.args[0], "the least change is 1 metre")


if __name__ == "__main__":
    unittest.main()
