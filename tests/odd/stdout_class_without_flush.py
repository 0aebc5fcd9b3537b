import sys
class Shout:
    def write(self, text):
        return sys.__stdout__.write(text.upper())
sys.stdout = Shout()
print("loud")
