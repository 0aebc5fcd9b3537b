# Tries: nested folders without any rights, full of files, so that they cannot be listed or removed
# Must: the next program finds empty folders
# Status: ok
# Stdout: contained
import os
for folder in ("/box", "/tmp", "/dev/shm"):
    os.makedirs(folder + "/a/b/c")
    for name in ("/a/f", "/a/b/f", "/a/b/c/f"):
        open(folder + name, "w").close()
    for name in ("/a/b/c", "/a/b", "/a"):
        os.chmod(folder + name, 0)
print("contained")
