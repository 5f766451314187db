import unittest

from regatta_points import standings


class RegattaTest(unittest.TestCase):
    def test_one_race(self):
        table = standings(["Gull", "Heron", "Tern"], [["Tern", "Gull", "Heron"]])
        self.assertEqual(table, [(1, "Tern", 1), (2, "Gull", 2), (3, "Heron", 3)])

    def test_points_add_up(self):
        races = [["Gull", "Heron", "Tern"], ["Heron", "Gull", "Tern"], ["Heron", "Tern", "Gull"]]
        table = standings(["Gull", "Heron", "Tern"], races)
        self.assertEqual(table, [(1, "Heron", 4), (2, "Gull", 6), (3, "Tern", 8)])

    def test_boat_that_did_not_finish(self):
        table = standings(["Gull", "Heron", "Tern"], [["Heron", "Tern"], ["Heron", "Gull"]])
        self.assertEqual(table[0], (1, "Heron", 2))
        self.assertEqual({row[1:] for row in table[1:]}, {("Gull", 6), ("Tern", 6)})

    def test_no_boats(self):
        self.assertEqual(standings([], []), [])

    def test_no_races(self):
        table = standings(["Tern", "Gull"], [])
        self.assertEqual(table, [(1, "Gull", 0), (1, "Tern", 0)])

    def test_three_races_drop_nothing(self):
        table = standings(["A", "B"], [["A", "B"], ["A", "B"], ["B"]])
        self.assertEqual(table, [(1, "A", 5), (2, "B", 5)])

    def test_four_races_drop_the_worst(self):
        races = [["A", "B", "C"], ["A", "B", "C"], ["B", "C"], ["A", "C", "B"]]
        table = standings(["A", "B", "C"], races)
        self.assertEqual(table, [(1, "A", 3), (2, "B", 5), (3, "C", 7)])

    def test_one_of_two_equally_bad_races_is_dropped(self):
        table = standings(["A", "B"], [["A"], ["A"], ["B", "A"], ["B", "A"]])
        self.assertEqual(table, [(1, "A", 4), (2, "B", 5)])

    def test_seven_races_still_drop_one(self):
        table = standings(["A", "B"], [["A", "B"]] * 5 + [["B"]] * 2)
        self.assertEqual(table, [(1, "A", 8), (2, "B", 10)])

    def test_eight_races_drop_two(self):
        table = standings(["A", "B"], [["A", "B"]] * 6 + [["B"]] * 2)
        self.assertEqual(table, [(1, "A", 6), (2, "B", 10)])

    def test_equal_totals_by_the_better_places(self):
        races = [["D", "B", "A", "C"], ["C", "B", "A", "D"], ["C", "A", "B", "D"]]
        table = standings(["A", "B", "C", "D"], races)
        self.assertEqual(table, [(1, "C", 6), (2, "B", 7), (3, "A", 8), (4, "D", 9)])

    def test_better_place_counts_before_the_last_race(self):
        races = [["A", "B", "C", "D"], ["C", "D", "B", "A"], ["D", "B", "A", "C"]]
        table = standings(["A", "B", "C", "D"], races)
        self.assertEqual(table, [(1, "D", 7), (2, "B", 7), (3, "A", 8), (4, "C", 8)])

    def test_dropped_races_count_among_equal_totals(self):
        races = [["A", "B"], ["A", "B"], ["B", "A"], ["B"]]
        table = standings(["A", "B"], races)
        self.assertEqual(table, [(1, "B", 4), (2, "A", 4)])

    def test_equal_places_by_the_last_race(self):
        self.assertEqual(
            standings(["A", "B"], [["B", "A"], ["A", "B"]]), [(1, "A", 3), (2, "B", 3)]
        )

    def test_equal_in_the_last_race_by_the_one_before(self):
        table = standings(["A", "B"], [["A", "B"], ["B", "A"], []])
        self.assertEqual(table, [(1, "B", 6), (2, "A", 6)])

    def test_shared_rank(self):
        table = standings(["Tern", "Coot", "Auk", "Kite"], [["Auk"], ["Auk", "Kite"]])
        self.assertEqual(
            table, [(1, "Auk", 2), (2, "Kite", 7), (3, "Coot", 10), (3, "Tern", 10)]
        )

    def test_rank_after_a_shared_one(self):
        table = standings(["C", "B", "A"], [[], [], []])
        self.assertEqual(table, [(1, "A", 12), (1, "B", 12), (1, "C", 12)])
        races = [["A"], ["A", "D", "B"], ["A"], ["A"]]
        table = standings(["D", "C", "B", "A"], races)
        self.assertEqual([row[:2] for row in table], [(1, "A"), (2, "D"), (3, "B"), (4, "C")])

    def test_boat_that_did_not_enter(self):
        with self.assertRaises(ValueError) as err:
            standings(["Gull"], [["Gull"], ["Gull", "Kite"]])
        self.assertEqual(err.exception.args[0], "Kite did not enter")

    def test_boat_that_finished_twice(self):
        with self.assertRaises(ValueError) as err:
            standings(["Gull", "Kite"], [["Kite", "Gull", "Kite"]])
        self.assertEqual(err.exception.args[0], "Kite finished twice")


if __name__ == "__main__":
    unittest.main()
