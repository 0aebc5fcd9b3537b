# Tries: sockets that hold each other in their queues, with files, so that they outlive their process
# Must: nothing of them is seen later
# Status: ok
# Stdout: contained
import os, socket
for _ in range(20):
    one, two = socket.socketpair()
    file = os.memfd_create("x")
    os.write(file, b"x" * 100_000)
    socket.send_fds(one, [b"x"], [one.fileno(), two.fileno(), file])
    socket.send_fds(two, [b"x"], [one.fileno(), two.fileno(), file])
print("contained")
