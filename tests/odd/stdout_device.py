import sys
sys.stdout.write("lost, because opening by name truncates\n")
sys.stdout.flush()
with open("/dev/stdout", "w") as file:
    file.write("kept\n")
