import unittest

from ferry_queue import ashore, load


class LoadTest(unittest.TestCase):
    def test_nobody_waits(self):
        self.assertEqual(load([10, 10], []), [[], []])

    def test_one_lane(self):
        self.assertEqual(load([10], [4, 5]), [[4, 5]])

    def test_most_room_is_taken(self):
        self.assertEqual(load([10, 12], [5, 5, 5]), [[5], [5, 5]])

    def test_lowest_number_among_equals(self):
        self.assertEqual(load([10, 10, 10], [3, 3, 3, 3]), [[3, 3], [3], [3]])

    def test_exact_fit(self):
        self.assertEqual(load([4], [4]), [[4]])

    def test_those_behind_drive_on(self):
        self.assertEqual(load([6, 5], [4, 7, 5, 2]), [[4, 2], [5]])

    def test_arguments_stay(self):
        lanes, vehicles = [6, 5], [4, 7, 5]
        load(lanes, vehicles)
        self.assertEqual((lanes, vehicles), ([6, 5], [4, 7, 5]))

    def test_vehicle_without_length(self):
        with self.assertRaises(ValueError) as err:
            load([6], [3, 0])
        self.assertEqual(err.exception.args[0], "a vehicle has a length")


class AshoreTest(unittest.TestCase):
    def test_everybody_fits(self):
        self.assertEqual(ashore([10, 10], [5, 6]), [])

    def test_those_that_do_not_fit(self):
        self.assertEqual(ashore([6, 5], [4, 7, 5, 2, 1]), [7, 1])

    def test_no_lane(self):
        self.assertEqual(ashore([], [3, 4]), [3, 4])

    def test_vehicle_of_negative_length(self):
        with self.assertRaises(ValueError) as err:
            ashore([6], [-1])
        self.assertEqual(err.exception.args[0], "a vehicle has a length")


if __name__ == "__main__":
    unittest.main()
