import os
from io import BytesIO, IOBase
class Writer(IOBase):
    def __init__(self):
        self.held = BytesIO()
    def write(self, text):
        self.held.write(text.encode())
    def flush(self):
        os.write(1, self.held.getvalue())
        self.held.truncate(0)
        self.held.seek(0)
def main():
    global kept
    writer, many = Writer(), [[n] for n in range(70_000)]
    print("at the end", len(many), file=writer)
    kept = writer, many
main()
