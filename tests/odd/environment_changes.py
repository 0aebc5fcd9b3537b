import os
import subprocess
os.environ["MINE"] = "é"
del os.environ["TZ"]
print(os.getenvb(b"MINE"), os.getenv("TZ"), subprocess.check_output("echo $MINE", shell=True))
print(os.path.expanduser("~") == os.getcwd(), os.path.expandvars("$LANG"))
