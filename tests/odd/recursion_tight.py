import sys
print(sys.getrecursionlimit())
for n in (300, 1500):
    sys.setrecursionlimit(n + 10)
    def down(i):
        return 0 if i == n else down(i + 1) + 1
    print(down(0), sys.getrecursionlimit())
for limit in (0, -1, 2**31, "many"):
    try:
        sys.setrecursionlimit(limit)
    except Exception as error:
        print(type(error).__name__)
sys.setrecursionlimit(30)
def deepest(i):
    try:
        return deepest(i + 1)
    except RecursionError:
        return i
print(deepest(0))
