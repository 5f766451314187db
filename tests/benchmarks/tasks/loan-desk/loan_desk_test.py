import unittest

from loan_desk import due, fee

# 2 March 2026 is a Monday; Sundays are the 8th, 15th, 22nd, 29th of March and the 5th of April.


class DueTest(unittest.TestCase):
    def test_days_of_each_kind(self):
        self.assertEqual(due("book", "2026-03-02", []), "2026-03-30")
        self.assertEqual(due("film", "2026-03-02", []), "2026-03-09")
        self.assertEqual(due("game", "2026-03-02", []), "2026-03-16")

    def test_leap_year(self):
        self.assertEqual(due("film", "2028-02-23", []), "2028-03-01")

    def test_end_of_the_year(self):
        self.assertEqual(due("game", "2026-12-22", []), "2027-01-05")

    def test_sunday(self):
        self.assertEqual(due("film", "2026-03-08", []), "2026-03-16")

    def test_closed_day(self):
        self.assertEqual(due("film", "2026-03-02", ["2026-03-09"]), "2026-03-10")

    def test_several_closed_days_in_a_row(self):
        closed = ["2026-03-16", "2026-03-14", "2026-03-17"]
        self.assertEqual(due("film", "2026-03-07", closed), "2026-03-18")

    def test_unknown_kind(self):
        with self.assertRaises(ValueError) as err:
            due("bicycle", "2026-03-02", [])
        self.assertEqual(err.exception.args[0], "we lend no bicycle")


class FeeTest(unittest.TestCase):
    def test_back_in_time(self):
        self.assertEqual(fee("film", "2026-03-02", "2026-03-02", []), 0)
        self.assertEqual(fee("film", "2026-03-02", "2026-03-09", []), 0)

    def test_one_day_late(self):
        self.assertEqual(fee("film", "2026-03-02", "2026-03-10", []), 50)
        self.assertEqual(fee("book", "2026-03-02", "2026-03-31", []), 20)

    def test_sundays_cost_nothing(self):
        self.assertEqual(fee("film", "2026-03-02", "2026-03-16", []), 300)

    def test_closed_days_cost_nothing(self):
        closed = ["2026-03-11", "2026-03-15", "2026-03-30"]
        self.assertEqual(fee("game", "2026-02-23", "2026-03-12", closed), 100)

    def test_counted_from_the_day_to_which_it_moved(self):
        self.assertEqual(fee("film", "2026-03-08", "2026-03-16", []), 0)
        self.assertEqual(fee("film", "2026-03-08", "2026-03-17", []), 50)

    def test_returned_on_a_sunday(self):
        self.assertEqual(fee("film", "2026-03-06", "2026-03-15", []), 50)

    def test_never_more_than_the_most(self):
        self.assertEqual(fee("book", "2026-03-02", "2026-09-01", []), 1000)
        self.assertEqual(fee("film", "2026-03-02", "2026-09-01", []), 1500)

    def test_unknown_kind(self):
        with self.assertRaises(ValueError) as err:
            fee("map", "2026-03-02", "2026-03-03", [])
        self.assertEqual(err.exception.args[0], "we lend no map")

    def test_returned_before_it_was_lent(self):
        with self.assertRaises(ValueError) as err:
            fee("film", "2026-03-02", "2026-03-01", [])
        self.assertEqual(err.exception.args[0], "returned before it was lent")


if __name__ == "__main__":
    unittest.main()
