# Tries: gives the scheduler's group of its session, which is the runner's too, the least of all priorities
# Must: the next program has what it would have had
# Status: ok
# Stdout: contained
try:
    with open("/proc/self/autogroup", "w") as file:
        file.write("19")
except OSError:
    pass
print("contained")
