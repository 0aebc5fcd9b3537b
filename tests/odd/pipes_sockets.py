import os
import socket
import threading
read, write = os.pipe()
threading.Thread(target=lambda: (os.write(write, b"pipe"), os.close(write))).start()
print(os.fdopen(read, "rb").read())
server = socket.socket(socket.AF_UNIX)
server.bind("socket-of-mine")
server.listen()
with socket.socket(socket.AF_UNIX) as client:
    client.connect("socket-of-mine")
    connection, _ = server.accept()
    client.sendall(b"nearby")
    print(connection.recv(20))
server.close()
connection.close()
os.unlink("socket-of-mine")
