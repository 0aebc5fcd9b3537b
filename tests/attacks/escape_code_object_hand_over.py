# Tries: finds the descriptor by which the code object goes to the runner, to hand over code of its own for PID 1 to load
# Must: closed before the program begins
# Status: ok
# Stdout: contained
import marshal, os
for number in range(3, 256):
    try:
        os.write(number, marshal.dumps(compile("1", "x", "exec")))
        print("reached: descriptor", number)
    except OSError:
        pass
print("contained")
