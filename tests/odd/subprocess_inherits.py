import subprocess
import sys
print("parent", flush=True)
subprocess.run([sys.executable, "-c", "print('child got', input())"], check=True)
print("rest", sys.stdin.read())
