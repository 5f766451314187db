import unittest

from parcel_routes import parse

ROADS = """
A - B: 5 km, 100 kg
B - C: 5 km, 40 kg
A - C: 12 km, 60 kg
C - New D: 1 km, 60 kg

E - F: 3 km, 10 kg
"""


class ParseTest(unittest.TestCase):
    def test_depots_are_sorted(self):
        self.assertEqual(parse(ROADS).depots(), ["A", "B", "C", "E", "F", "New D"])

    def test_no_roads(self):
        self.assertEqual(parse("\n").depots(), [])

    def test_line_of_another_form(self):
        with self.assertRaises(ValueError) as err:
            parse("A - B: 5 km, 100 kg\nA to B")
        self.assertEqual(err.exception.args[0], "not a road: A to B")


class ShortestTest(unittest.TestCase):
    def setUp(self):
        self.network = parse(ROADS)

    def test_one_road(self):
        self.assertEqual(self.network.shortest("A", "B", 1), (5, ["A", "B"]))

    def test_roads_lead_both_ways(self):
        self.assertEqual(self.network.shortest("B", "A", 1), (5, ["B", "A"]))

    def test_short_way_over_another_depot(self):
        self.assertEqual(self.network.shortest("A", "C", 40), (10, ["A", "B", "C"]))

    def test_heavy_parcel_takes_another_road(self):
        self.assertEqual(self.network.shortest("A", "New D", 50), (13, ["A", "C", "New D"]))

    def test_too_heavy(self):
        self.assertIsNone(self.network.shortest("A", "C", 61))

    def test_not_joined(self):
        self.assertIsNone(self.network.shortest("A", "F", 1))

    def test_to_itself(self):
        self.assertEqual(self.network.shortest("E", "E", 999), (0, ["E"]))

    def test_unknown_depot(self):
        for start, end in (("A", "X"), ("X", "A"), ("X", "X")):
            with self.subTest(start=start, end=end), self.assertRaises(KeyError) as err:
                self.network.shortest(start, end, 1)
            self.assertEqual(err.exception.args[0], "X")

    def test_equally_long_with_fewer_depots(self):
        network = parse("A - B: 1 km, 9 kg\nB - C: 1 km, 9 kg\nA - C: 2 km, 9 kg")
        self.assertEqual(network.shortest("A", "C", 9), (2, ["A", "C"]))

    def test_equally_long_by_name(self):
        roads = ["A - N: 1 km, 9 kg", "A - M: 1 km, 9 kg", "N - Z: 1 km, 9 kg", "M - Z: 1 km, 9 kg"]
        self.assertEqual(parse("\n".join(roads)).shortest("A", "Z", 1), (2, ["A", "M", "Z"]))

    def test_second_road_between_the_same_depots(self):
        network = parse("A - B: 2 km, 10 kg\nB - A: 7 km, 50 kg")
        self.assertEqual(network.shortest("A", "B", 20), (7, ["A", "B"]))


class HeaviestTest(unittest.TestCase):
    def test_best_of_several_ways(self):
        network = parse(ROADS)
        self.assertEqual(network.heaviest("A", "New D"), 60)
        self.assertEqual(network.heaviest("A", "B"), 100)

    def test_not_joined(self):
        self.assertEqual(parse(ROADS).heaviest("A", "E"), 0)

    def test_to_itself(self):
        self.assertIsNone(parse(ROADS).heaviest("A", "A"))

    def test_unknown_depot(self):
        with self.assertRaises(KeyError) as err:
            parse(ROADS).heaviest("A", "X")
        self.assertEqual(err.exception.args[0], "X")


if __name__ == "__main__":
    unittest.main()
