import unittest

from pantry import Pantry


class PantryTest(unittest.TestCase):
    def setUp(self):
        self.pantry = Pantry()

    def fill(self):
        self.pantry.add("eggs", 6, 20)
        self.pantry.add("milk", 2, 12)
        self.pantry.add("eggs", 4, 15)

    def test_empty_pantry(self):
        self.assertEqual(self.pantry.amount("eggs"), 0)
        self.assertIsNone(self.pantry.next_to_eat())
        self.assertEqual(self.pantry.throw_out(100), {})

    def test_amounts_add_up(self):
        self.fill()
        self.assertEqual((self.pantry.amount("eggs"), self.pantry.amount("milk")), (10, 2))

    def test_what_goes_bad_first_is_taken_first(self):
        self.fill()
        self.assertEqual(self.pantry.take("eggs", 3), [(15, 3)])
        self.assertEqual(self.pantry.amount("eggs"), 7)

    def test_taken_from_two_days(self):
        self.fill()
        self.assertEqual(self.pantry.take("eggs", 5), [(15, 4), (20, 1)])
        self.assertEqual(self.pantry.take("eggs", 5), [(20, 5)])
        self.assertEqual(self.pantry.amount("eggs"), 0)

    def test_added_twice_for_the_same_day(self):
        self.pantry.add("rice", 2, 90)
        self.pantry.add("rice", 3, 90)
        self.assertEqual(self.pantry.take("rice", 4), [(90, 4)])

    def test_less_than_wanted(self):
        self.pantry.add("eggs", 2, 20)
        with self.assertRaises(ValueError) as err:
            self.pantry.take("eggs", 3)
        self.assertEqual(err.exception.args[0], "only 2 eggs left")
        self.assertEqual(self.pantry.amount("eggs"), 2)

    def test_none_of_it(self):
        with self.assertRaises(ValueError) as err:
            self.pantry.take("jam", 1)
        self.assertEqual(err.exception.args[0], "only 0 jam left")

    def test_last_good_day(self):
        self.fill()
        self.assertEqual(self.pantry.throw_out(12), {})
        self.assertEqual(self.pantry.throw_out(13), {"milk": 2})
        self.assertEqual(self.pantry.amount("milk"), 0)

    def test_thrown_out_are_all_that_are_no_longer_good(self):
        self.fill()
        self.pantry.add("eggs", 1, 9)
        self.assertEqual(self.pantry.throw_out(16), {"eggs": 5, "milk": 2})
        self.assertEqual(self.pantry.take("eggs", 6), [(20, 6)])

    def test_next_to_eat(self):
        self.fill()
        self.assertEqual(self.pantry.next_to_eat(), "milk")
        self.pantry.take("milk", 2)
        self.assertEqual(self.pantry.next_to_eat(), "eggs")

    def test_next_to_eat_by_alphabet(self):
        self.pantry.add("yoghurt", 1, 5)
        self.pantry.add("cream", 1, 5)
        self.pantry.add("apples", 1, 6)
        self.assertEqual(self.pantry.next_to_eat(), "cream")

    def test_nothing_to_add_or_take(self):
        for amount in (0, -1):
            with self.subTest(amount=amount), self.assertRaises(ValueError) as err:
                self.pantry.add("eggs", amount, 20)
            self.assertEqual(err.exception.args[0], "nothing to add")
            with self.subTest(amount=amount), self.assertRaises(ValueError) as err:
                self.pantry.take("eggs", amount)
            self.assertEqual(err.exception.args[0], "nothing to take")

    def test_two_pantries_share_nothing(self):
        self.fill()
        self.assertEqual(Pantry().amount("eggs"), 0)


if __name__ == "__main__":
    unittest.main()
