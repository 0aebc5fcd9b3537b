# Tries: gives a program of its own setuid bits and capabilities as file attributes
# Must: no more privileges than before
# Status: ok
# Stdout: contained
import os, shutil, struct, subprocess
for folder in ("/box", "/tmp", "/dev/shm"):
    path = folder + "/id"
    try:
        shutil.copy("/usr/bin/id", path)
        os.setxattr(path, "security.capability", struct.pack("<5I", 0x2000001, 2**32 - 1, 0, 2**32 - 1, 0))
        print("reached: capabilities of a file")
    except OSError:
        pass
    try:
        os.chmod(path, 0o6777)
        if subprocess.run([path, "-u"], capture_output=True, text=True).stdout.strip() not in ("", str(os.getuid())):
            print("reached: another user")
    except OSError:
        pass
print("contained")
