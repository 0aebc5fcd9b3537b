"""A docstring."""
print(sorted(globals()))
print(__doc__, __file__, __spec__, __package__, __builtins__, __annotations__)
