// Tries: reads and writes what /proc has of the first process and of the machine
// Must: nothing of it is open to it
// Status: ok
// Stdout: contained
#include <fcntl.h>
#include <unistd.h>
#include <cstdio>
#include <initializer_list>
int main() {
    char byte;
    for (const char *path : {"/proc/1/mem", "/proc/1/environ", "/proc/1/maps", "/proc/1/root/etc", "/proc/1/fd/0", "/proc/1/cwd/x",
                             "/proc/kcore", "/proc/kmsg", "/proc/sysrq-trigger", "/proc/self/attr/current"}) {
        int file = open(path, O_RDONLY);
        if (file >= 0 && read(file, &byte, 1) > 0) printf("reached: %s\n", path);
    }
    for (const char *path : {"/proc/1/mem", "/proc/1/oom_score_adj", "/proc/1/comm", "/proc/sysrq-trigger",
                             "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname"}) {
        int file = open(path, O_WRONLY);
        if (file >= 0 && write(file, "1", 1) > 0) printf("reached: %s for writing\n", path);
    }
    puts("contained");
}
