import unittest

from kitchen_timer import Kitchen


class KitchenTest(unittest.TestCase):
    def setUp(self):
        self.kitchen = Kitchen()

    def test_nothing_runs_at_first(self):
        self.assertEqual(self.kitchen.running(), [])

    def test_started_timer_has_all_its_minutes(self):
        self.kitchen.start("eggs", 5)
        self.assertEqual(self.kitchen.left("eggs"), 5)

    def test_time_passes_for_all(self):
        self.kitchen.start("eggs", 5)
        self.kitchen.start("bread", 40)
        self.assertEqual(self.kitchen.pass_time(3), [])
        self.assertEqual((self.kitchen.left("eggs"), self.kitchen.left("bread")), (2, 37))

    def test_timer_rings_when_its_time_is_over(self):
        self.kitchen.start("eggs", 5)
        self.assertEqual(self.kitchen.pass_time(5), ["eggs"])
        self.assertEqual(self.kitchen.running(), [])

    def test_earlier_ones_ring_first(self):
        self.kitchen.start("bread", 40)
        self.kitchen.start("eggs", 5)
        self.kitchen.start("tea", 5)
        self.assertEqual(self.kitchen.pass_time(60), ["eggs", "tea", "bread"])

    def test_timer_that_rang_can_be_started_again(self):
        self.kitchen.start("tea", 3)
        self.kitchen.pass_time(4)
        self.kitchen.start("tea", 6)
        self.assertEqual(self.kitchen.left("tea"), 6)

    def test_more_minutes(self):
        self.kitchen.start("eggs", 5)
        self.kitchen.pass_time(4)
        self.kitchen.add("eggs", 2)
        self.assertEqual(self.kitchen.left("eggs"), 3)

    def test_running_ones_by_the_time_that_they_have_left(self):
        self.kitchen.start("bread", 40)
        self.kitchen.start("eggs", 9)
        self.kitchen.pass_time(5)
        self.kitchen.start("tea", 4)
        self.assertEqual(self.kitchen.running(), ["eggs", "tea", "bread"])

    def test_name_that_is_running(self):
        self.kitchen.start("eggs", 5)
        with self.assertRaises(ValueError) as err:
            self.kitchen.start("eggs", 7)
        self.assertEqual(err.exception.args[0], "the timer is running already")

    def test_timer_without_minutes(self):
        with self.assertRaises(ValueError) as err:
            self.kitchen.start("eggs", 0)
        self.assertEqual(err.exception.args[0], "a timer needs minutes")

    def test_unknown_timer(self):
        with self.assertRaises(KeyError) as err:
            self.kitchen.left("cake")
        self.assertEqual(err.exception.args[0], "cake")
        with self.assertRaises(KeyError):
            self.kitchen.add("cake", 1)


if __name__ == "__main__":
    unittest.main()
