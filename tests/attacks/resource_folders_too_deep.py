# Tries: folders nested deeper than a recursive removal can go
# Must: the next program finds empty folders
# Status: ok
# Stdout: contained
import os
os.chdir("/tmp")
for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
print("contained")
