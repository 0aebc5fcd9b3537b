# Tries: sockets of services: Docker, containerd, D-Bus, the runner's own, and every abstract one that is listed
# Must: nobody answers
# Status: ok
# Stdout: contained
import glob, socket
names = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket"]
names += ["/run/codegym/socket", *glob.glob("/tmp/**/*sock*", recursive=True), *glob.glob("/run/**/*sock*", recursive=True)]
for line in open("/proc/net/unix").read().splitlines()[1:]:
    words = line.split()
    if len(words) > 7:
        names.append("\0" + words[7][1:] if words[7].startswith("@") else words[7])
for name in names:
    try:
        socket.socket(socket.AF_UNIX).connect(name)
        print("reached:", repr(name))
    except OSError:
        pass
print("contained")
