import os
print(sorted(map(int, os.listdir("/proc/self/fd"))), os.open("main.py", os.O_RDONLY))
print([os.get_inheritable(number) for number in range(3)])
