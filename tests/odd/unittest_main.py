import unittest
class Sums(unittest.TestCase):
    def test_good(self):
        self.assertEqual(1 + 1, 2)
    def test_bad(self):
        self.assertEqual(1 + 1, 3)
unittest.main()
