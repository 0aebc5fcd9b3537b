import io, os
writer = io.BufferedWriter(io.FileIO(os.dup(1), "w"))
writer.write(b"x\n")
writer.flush()
raw = writer.detach()
