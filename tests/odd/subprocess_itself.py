import subprocess
import sys
if sys.argv[1:]:
    print("child", sys.argv[1:], input())
    sys.exit(int(sys.argv[1]))
print("parent", flush=True)
done = subprocess.run([sys.executable, __file__, "4"], input="to the child\n", text=True, capture_output=True)
print(done.returncode, done.stdout, done.stderr)
