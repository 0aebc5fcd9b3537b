// Tries: writes wherever a program might be taken from later
// Must: no such place can be written to
// Status: ok
// Stdout: contained
#include <fcntl.h>
#include <unistd.h>
#include <cstdio>
#include <initializer_list>
int main() {
    for (const char *path : {"/x", "/etc/ld.so.preload", "/etc/passwd", "/usr/bin/x", "/usr/include/bits/stdc++.h",
                             "/opt/codegym/runner.py", "/opt/codegym/x", "/root/x", "/lib64/x", "/sys/kernel/x", "/dev/x"}) {
        int file = open(path, O_WRONLY | O_CREAT, 0666);
        if (file >= 0) printf("reached: %s\n", path);
        if (!unlink(path) || !rename("main", path) || !symlink("x", path)) printf("reached: the name %s\n", path);
    }
    puts("contained");
}
