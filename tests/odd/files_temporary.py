import os
import tempfile
print(tempfile.gettempdir())
with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile("w+", dir=folder) as file:
    file.write("x" * 100_000)
    file.seek(0)
    print(len(file.read()), os.listdir(folder) == [os.path.basename(file.name)])
with tempfile.SpooledTemporaryFile(10) as file, tempfile.TemporaryFile() as other:
    print(file.write(b"y" * 20), other.write(b"z"))
