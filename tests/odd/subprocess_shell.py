import os
import subprocess
print(subprocess.check_output("echo $((6 * 7)); pwd; cat main.py | wc -l", shell=True, text=True))
print(os.system("exit 3") >> 8, os.popen("echo popen").read(), flush=True)
subprocess.run(["false"], check=True)
