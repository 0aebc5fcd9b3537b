import sys
input = sys.stdin.readline
n = int(input())
rows = [list(map(int, input().split())) for _ in range(n)]
sys.stdout.write("\n".join(str(sum(row)) for row in rows) + "\n")
