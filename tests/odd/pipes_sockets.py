import os
import socket
import threading
read, write = os.pipe()
threading.Thread(target=lambda: (os.write(write, b"pipe"), os.close(write))).start()
print(os.fdopen(read, "rb").read())
server = socket.create_server(("127.0.0.1", 0))
with socket.create_connection(server.getsockname()) as client:
    connection, _ = server.accept()
    client.sendall(b"loopback")
    print(connection.recv(20))
server.close()
connection.close()
