# Tries: writes a note for the next run of the same program over its own text, through a mapping, which leaves no time of change
# Must: the next run finds the text as it was given
# Status: ok
# Stdout: contained
import mmap, os
file = os.open("/box/main.py", os.O_RDWR)
area = mmap.mmap(file, os.fstat(file).st_size)
if area[-2:] != b"#\n":
    print("reached: a note", area[-2:])
area[-2:] = b"7\n"
area.flush()
print("contained")
#
