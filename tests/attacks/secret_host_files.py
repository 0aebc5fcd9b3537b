# Tries: files of this machine's users, services and secrets
# Must: not there
# Status: ok
# Stdout: contained
import glob, os
for pattern in ("/root/*", "/root/.*", "/home/*", "/data/*", "/mnt/*", "/media/*", "/srv/*", "/etc/shadow", "/etc/ssh/*key", "/etc/machine-id", "/run/secrets/*", "/var/lib/docker/*", "/var/run/secrets/*", "/proc/1/root/*", "/host*", "/newroot*", "/oldroot*", "/.dockerenv/*"):
    for path in glob.glob(pattern):
        if os.path.basename(path) in (".", "..", ".bashrc", ".profile"):
            continue
        try:
            if os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1):
                print("reached:", path)
        except OSError:
            pass
print("contained")
