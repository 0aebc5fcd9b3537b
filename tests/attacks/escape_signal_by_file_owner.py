# Tries: lets the kernel send SIGKILL to PID 1, as the owner of a descriptor on which input arrives
# Must: PID 1 takes none
# Status: ok
# Stdout: contained
import fcntl, os, socket
one, two = socket.socketpair()
try:
    fcntl.fcntl(one, fcntl.F_SETOWN, 1)
    fcntl.fcntl(one, 10, 9)
    fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
except OSError:
    pass
for _ in range(10):
    two.send(b"x")
print("contained")
