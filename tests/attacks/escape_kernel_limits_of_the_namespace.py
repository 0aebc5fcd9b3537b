# Tries: changes what /proc/sys lets a user set for its own namespaces, as a trap and a note for the next run
# Must: read-only, or as before
# Status: ok
# Stdout: contained
import glob
for pattern in ("kernel/shm*", "kernel/msg*", "kernel/sem*", "fs/mqueue/*", "net/ipv4/ip_local_port_range", "net/core/somaxconn", "kernel/ns_last_pid", "kernel/domainname"):
    for path in glob.glob("/proc/sys/" + pattern):
        for value in ("7", "17 17 17 17", "2000 3000"):
            try:
                with open(path, "w") as file:
                    file.write(value)
                break
            except OSError:
                pass
print("contained")
