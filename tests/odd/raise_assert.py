assert 1 + 1 == 3, f"{1 + 1}"
