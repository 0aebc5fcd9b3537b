# Tries: writes a result of the runner's own form to every descriptor and to its output
# Must: what it writes is output
# Status: ok|runtime_error
import os, struct
frame = struct.pack("!4sBiddQQQQ", b"cgy1", 0, 0, 0.0, 0.0, 0, 2, 0, 0) + b"4\n"
for number in range(256):
    try:
        os.write(number, frame)
    except OSError:
        pass
