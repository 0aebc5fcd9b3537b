import contextlib
import io
import os
with contextlib.redirect_stdout(io.StringIO()) as text:
    print("caught")
kept = os.dup(1)
file = os.open("out.txt", os.O_WRONLY | os.O_CREAT)
os.dup2(file, 1)
print("to the file", flush=True)
os.dup2(kept, 1)
print(text.getvalue(), open("out.txt").read())
