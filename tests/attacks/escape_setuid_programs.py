# Tries: starts every program with the setuid bit and looks whose it is then
# Must: such bits do nothing
# Status: ok
# Stdout: contained
import glob, os, subprocess
for folder in ("/usr/bin", "/usr/sbin", "/usr/lib/*", "/usr/libexec"):
    for path in glob.glob(folder + "/*"):
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue
        if mode & 0o4000 and mode & 0o111 and os.path.isfile(path):
            try:
                process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            except OSError:
                continue
            try:
                uids = next(line for line in open(f"/proc/{process.pid}/status") if line.startswith("Uid"))
            except (OSError, StopIteration):
                uids = ""
            if "0" in uids.split():
                print("reached:", path)
            process.kill()
print("contained")
