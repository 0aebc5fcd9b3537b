import subprocess
import sys
code = "import sys, os; print(sys.flags.hash_randomization, hash('x'), os.getcwd(), sys.stdout.encoding)"
subprocess.run([sys.executable, "-c", code])
