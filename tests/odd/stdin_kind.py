import os
import select
import stat
import sys
print([stat.S_ISREG(os.fstat(number).st_mode) for number in range(3)], os.isatty(0), sys.stdin.isatty())
print(os.fstat(0).st_size, len(select.select([0], [], [], 0)[0]), os.lseek(0, 0, os.SEEK_CUR))
