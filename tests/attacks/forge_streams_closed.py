# Tries: closes and shuts down everything
# Must: ended well, without an answer
# Status: ok
import os, socket
for number in range(256):
    try:
        socket.socket(fileno=number).shutdown(2)
    except OSError:
        pass
os.closerange(0, 256)
