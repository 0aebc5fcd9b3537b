import pathlib
import tokenize
path = pathlib.Path(__file__)
print(path, path.resolve() == path, path.parent == pathlib.Path.cwd(), len(path.read_bytes()))
with tokenize.open(__file__) as file:
    print(file.encoding, len(file.readlines()))
