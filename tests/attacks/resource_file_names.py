# Tries: names that are no UTF-8, with line feeds, as options, of the greatest length, sockets and FIFOs
# Must: the next program finds empty folders
# Status: ok
# Stdout: contained
import os, socket
os.chdir("/tmp")
for name in (b"\xff\xfe", b"a\nb", b"-rf", b"x" * 255, b" ", b"...", b"\x01\x7f"):
    os.mkdir(name)
    open(name + b"/" + name, "w").close()
os.mkfifo("fifo")
socket.socket(socket.AF_UNIX).bind("socket")
os.symlink("loop", "loop")
os.symlink("/", "root")
print("contained")
