import io
import sys
sys.stdin = io.StringIO("from memory\nmore\n")
print(input())
input = sys.stdin.readline
print(input())
