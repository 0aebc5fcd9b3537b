# Tries: leaves shells that spin behind and ends at once
# Must: they are killed; the program itself has ended well
# Status: ok
# Stdout: contained
import subprocess
for _ in range(3):
    subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"], start_new_session=True)
print("contained")
