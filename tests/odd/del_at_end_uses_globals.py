import sys
names = ["x"]
class Loud:
    def __del__(self):
        print("gone", names, sys is not None)
kept = Loud()
print("end")
