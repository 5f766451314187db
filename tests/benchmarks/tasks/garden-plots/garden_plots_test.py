import unittest

from garden_plots import allocate


def person(name, years=1, **more):
    return {"name": name, "years": years, **more}


class GardenPlotsTest(unittest.TestCase):
    def test_nobody_waits(self):
        self.assertEqual(allocate([(1, 100, False)], []), {})

    def test_no_plots(self):
        self.assertEqual(allocate([], [person("Ann")]), {"Ann": None})

    def test_smallest_plot_that_will_do(self):
        plots = [(1, 300, False), (2, 150, False), (3, 200, False)]
        self.assertEqual(allocate(plots, [person("Ann", smallest=160)]), {"Ann": 3})
        self.assertEqual(allocate(plots, [person("Ann", smallest=150)]), {"Ann": 2})
        self.assertEqual(allocate(plots, [person("Ann", smallest=301)]), {"Ann": None})

    def test_equally_large_by_number(self):
        plots = [(7, 100, False), (4, 100, False), (9, 100, False)]
        self.assertEqual(allocate(plots, [person("Ann")]), {"Ann": 4})

    def test_longest_wait_first(self):
        people = [person("Ann", 1), person("Bob", 5), person("Cleo", 3)]
        plots = [(1, 100, False), (2, 200, False)]
        self.assertEqual(allocate(plots, people), {"Ann": None, "Bob": 1, "Cleo": 2})

    def test_equal_wait_in_the_order_of_the_list(self):
        people = [person("Zoe", 2), person("Ann", 2)]
        self.assertEqual(allocate([(1, 100, False)], people), {"Zoe": 1, "Ann": None})

    def test_those_who_had_a_plot_come_last(self):
        people = [person("Ann", 9, had=True), person("Bob", 1), person("Cleo", 2, had=False)]
        plots = [(1, 100, False), (2, 200, False), (3, 300, False)]
        self.assertEqual(allocate(plots, people), {"Ann": 3, "Bob": 2, "Cleo": 1})

    def test_result_is_in_the_order_of_the_list(self):
        people = [person("Zoe", 1), person("Ann", 5), person("Mia", 3)]
        self.assertEqual(list(allocate([(1, 100, False)], people)), ["Zoe", "Ann", "Mia"])

    def test_water_is_wanted(self):
        plots = [(1, 100, False), (2, 300, True), (3, 200, True)]
        self.assertEqual(allocate(plots, [person("Ann", water=True)]), {"Ann": 3})
        self.assertEqual(allocate(plots[:1], [person("Ann", water=True)]), {"Ann": None})

    def test_water_is_kept_for_those_who_want_it(self):
        plots = [(1, 100, True), (2, 400, False)]
        self.assertEqual(allocate(plots, [person("Ann")]), {"Ann": 2})

    def test_water_for_others_if_nothing_else_will_do(self):
        plots = [(1, 300, True), (2, 100, False)]
        self.assertEqual(allocate(plots, [person("Ann", smallest=200)]), {"Ann": 1})

    def test_beside_on_the_higher_number(self):
        plots = [(4, 100, False), (5, 50, False), (6, 900, True), (1, 60, False)]
        people = [person("Ann", 1, beside="Bob"), person("Bob", 2)]
        self.assertEqual(allocate(plots, people), {"Ann": 6, "Bob": 5})

    def test_beside_on_the_lower_number(self):
        plots = [(4, 500, True), (5, 50, False), (1, 60, False)]
        people = [person("Bob", 2), person("Ann", 1, beside="Bob")]
        self.assertEqual(allocate(plots, people), {"Bob": 5, "Ann": 4})

    def test_beside_on_the_lower_number_where_the_higher_will_not_do(self):
        plots = [(4, 500, False), (5, 50, False), (6, 60, False), (1, 300, False)]
        people = [person("Bob", 2), person("Ann", 1, beside="Bob", smallest=100)]
        self.assertEqual(allocate(plots, people), {"Bob": 5, "Ann": 4})

    def test_beside_is_not_possible(self):
        plots = [(3, 50, False), (4, 100, False), (7, 60, False)]
        people = [person("Bob", 2), person("Ann", 1, beside="Bob", smallest=55)]
        plots_beside_are_too_small = [(3, 50, False), (4, 52, False), (7, 60, False)]
        self.assertEqual(allocate(plots, people), {"Bob": 3, "Ann": 4})
        self.assertEqual(allocate(plots_beside_are_too_small, people), {"Bob": 3, "Ann": 7})

    def test_beside_somebody_who_is_served_later_or_got_nothing(self):
        plots = [(1, 100, False), (2, 90, False), (9, 50, False)]
        people = [person("Ann", 3, beside="Bob"), person("Bob", 2)]
        self.assertEqual(allocate(plots, people), {"Ann": 9, "Bob": 2})
        people = [person("Ann", 1, beside="Bob"), person("Bob", 2, smallest=999)]
        self.assertEqual(allocate(plots, people), {"Ann": 9, "Bob": None})

    def test_arguments_stay_as_they_are(self):
        plots, people = [(2, 90, False), (1, 50, True)], [person("Ann", 1), person("Bob", 2)]
        allocate(plots, people)
        self.assertEqual(plots, [(2, 90, False), (1, 50, True)])
        self.assertEqual(people, [person("Ann", 1), person("Bob", 2)])

    def test_things_that_are_there_twice(self):
        plots = [(1, 50, False), (2, 60, False), (2, 70, True), (1, 50, False)]
        twice = [person("Ann"), person("Bob"), person("Ann")]
        for given, people, message in (
            (plots, twice, "plot 2 is there twice"),
            (plots[:2], twice, "Ann is there twice"),
        ):
            with self.subTest(message), self.assertRaises(ValueError) as err:
                allocate(given, people)
            self.assertEqual(err.exception.args[0], message)

    def test_beside_nobody_or_oneself(self):
        for other in ("Eve", "Ann"):
            people = [person("Bob", beside="Ann"), person("Ann", beside=other)]
            with self.subTest(other=other), self.assertRaises(ValueError) as err:
                allocate([], people)
            self.assertEqual(err.exception.args[0], f"Ann cannot garden beside {other}")


if __name__ == "__main__":
    unittest.main()
