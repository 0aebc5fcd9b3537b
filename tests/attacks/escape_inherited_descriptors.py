# Tries: looks for descriptors beyond the three, and reads ahead on whatever it finds
# Must: none
# Status: ok
# Stdout: contained
import os, socket
for number in range(3, 70_000):
    try:
        os.fstat(number)
    except OSError:
        continue
    print("reached: descriptor", number)
for number in range(3):
    try:
        socket.socket(fileno=os.dup(number)).recv(100, socket.MSG_PEEK)
        print("reached: a socket")
    except OSError:
        pass
print("contained")
