import sys
class Shout:
    def write(self, text):
        return sys.__stdout__.write(text.upper())
    def flush(self):
        sys.__stdout__.flush()
sys.stdout = Shout()
print("loud")
