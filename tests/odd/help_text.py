help(len)
def mine(x: int) -> int:
    """My own function."""
help(mine)
