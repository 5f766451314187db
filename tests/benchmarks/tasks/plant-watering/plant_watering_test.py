import unittest

from plant_watering import due


class PlantWateringTest(unittest.TestCase):
    def test_no_plants(self):
        self.assertEqual(due([], 10), [])

    def test_nothing_is_due_yet(self):
        self.assertEqual(due([("fern", 8, 3)], 10), [])

    def test_due_today(self):
        self.assertEqual(due([("fern", 7, 3)], 10), ["fern: today"])

    def test_one_day_late(self):
        self.assertEqual(due([("fern", 6, 3)], 10), ["fern: 1 day late"])

    def test_several_days_late(self):
        self.assertEqual(due([("fern", 1, 3)], 10), ["fern: 6 days late"])

    def test_latest_first(self):
        plants = [("fern", 7, 3), ("aloe", 20, 14), ("basil", 28, 1), ("ivy", 29, 2)]
        self.assertEqual(due(plants, 30), ["fern: 20 days late", "basil: 1 day late"])

    def test_equally_late_by_how_often(self):
        plants = [("aloe", 0, 14), ("basil", 13, 1), ("cress", 7, 7)]
        expected = ["basil: 2 days late", "cress: 2 days late", "aloe: 2 days late"]
        self.assertEqual(due(plants, 16), expected)

    def test_equally_late_and_often_by_name(self):
        plants = [("mint", 4, 2), ("basil", 4, 2), ("Zamia", 4, 2)]
        self.assertEqual(due(plants, 6), ["Zamia: today", "basil: today", "mint: today"])

    def test_the_list_stays_as_it_is(self):
        plants = [("mint", 4, 2), ("basil", 1, 2)]
        due(plants, 6)
        self.assertEqual(plants, [("mint", 4, 2), ("basil", 1, 2)])

    def test_plant_that_never_wants_water(self):
        for every in (0, -2):
            with self.subTest(every=every), self.assertRaises(ValueError) as err:
                due([("fern", 7, 3), ("silk rose", 9, every), ("plastic ivy", 9, 0)], 9)
            self.assertEqual(err.exception.args[0], "how often does silk rose want water?")


if __name__ == "__main__":
    unittest.main()
