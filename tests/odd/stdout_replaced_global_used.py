import sys
prefix = "> "
class Prefixed:
    def write(self, text):
        sys.__stdout__.write(prefix + text if text.strip() else text)
    def flush(self):
        sys.__stdout__.write("flushed " + prefix + "\n")
sys.stdout = Prefixed()
print("line")
