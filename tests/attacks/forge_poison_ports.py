# Tries: closed connections that linger, so that the next program cannot take port 8000, and sees that it was used
# Must: gone, or refused
# Status: ok
# Stdout: contained
import socket
try:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 8000))
        listener.listen()
        with socket.create_connection(("127.0.0.1", 8000)) as one:
            two, _ = listener.accept()
            two.close()
            one.recv(1)
except OSError:
    pass
print("contained")
