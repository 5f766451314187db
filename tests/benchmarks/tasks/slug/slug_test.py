import unittest

from slug import slugify


class SlugTest(unittest.TestCase):
    def test_words(self):
        self.assertEqual(slugify("Hello, World!"), "hello-world")

    def test_spaces_in_a_row(self):
        self.assertEqual(slugify("  Python   3.12  "), "python-3-12")

    def test_accents(self):
        self.assertEqual(slugify("Crème Brûlée"), "creme-brulee")

    def test_nothing_left(self):
        self.assertEqual(slugify("--- !"), "")


if __name__ == "__main__":
    unittest.main()
