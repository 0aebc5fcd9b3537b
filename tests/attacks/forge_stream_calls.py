# Tries: finds the runner's stream object and lets it write a result, read ahead and end the session
# Must: the descriptor is not there
# Status: ok
# Stdout: contained
import gc, os, struct
frame = struct.pack("!4sBiddQQQQ", b"cgy1", 0, 0, 0.0, 0.0, 0, 2, 0, 0) + b"4\n"
for one in gc.get_objects() + [f for f in gc.get_referrers(os)]:
    if type(one).__name__ == "Stream":
        for call in (lambda: one.write(frame), lambda: one.read(8), lambda: os.write(one.sink, frame)):
            try:
                call()
                print("reached: the stream")
            except OSError:
                pass
import sys
frames = sys._getframe()
while frames:
    stream = frames.f_locals.get("stream")
    if stream is not None and hasattr(stream, "sink"):
        try:
            os.write(stream.sink, frame)
            print("reached: the stream")
        except OSError:
            pass
    frames = frames.f_back
print("contained")
