import unittest

from night_tariff import cost


class NightTariffTest(unittest.TestCase):
    def test_nothing_used_costs_nothing(self):
        self.assertEqual(cost([0] * 24, 0.4, 0.2), 0)

    def test_even_usage(self):
        self.assertEqual(cost([1] * 24, 0.4, 0.2), 8.0)

    def test_last_hour_of_the_night(self):
        usage = [0] * 24
        usage[5] = 10
        self.assertEqual(cost(usage, 0.4, 0.2), 2.0)

    def test_first_hour_of_the_day(self):
        usage = [0] * 24
        usage[6] = 10
        self.assertEqual(cost(usage, 0.4, 0.2), 4.0)

    def test_evening(self):
        usage = [0] * 24
        usage[21], usage[22] = 1, 2
        self.assertEqual(cost(usage, 1, 0.5), 2.0)

    def test_result_is_rounded(self):
        self.assertEqual(cost([0.333] * 24, 0.31, 0.19), 2.16)

    def test_day_with_another_number_of_hours(self):
        for hours in (0, 23, 25):
            with self.subTest(hours=hours), self.assertRaises(ValueError) as err:
                cost([1] * hours, 0.4, 0.2)
            self.assertEqual(err.exception.args[0], "a day has 24 hours")


if __name__ == "__main__":
    unittest.main()
