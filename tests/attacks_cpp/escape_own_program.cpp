// Tries: changes its own file, which later runs are started from
// Must: it is sealed
// Status: ok
// Stdout: contained
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdio>
int main() {
    char path[64];
    for (int number = 0; number < 64; number++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", number);
        struct stat seen;
        bool is_program = !fstat(number, &seen) && S_ISREG(seen.st_mode) && seen.st_size > 10000;
        if (is_program && pwrite(number, "x", 1, 0) > 0) printf("reached: descriptor %d\n", number);
        int again = is_program ? open(path, O_RDWR) : -1;
        if (again >= 0 && pwrite(again, "x", 1, 0) > 0) printf("reached: %s\n", path);
    }
    int self = open("/proc/self/exe", O_RDWR);
    if (self >= 0 && (pwrite(self, "x", 1, 0) > 0 || !ftruncate(self, 0))) puts("reached: its own file");
    void *map = self < 0 ? MAP_FAILED : mmap(nullptr, 4096, PROT_WRITE, MAP_SHARED, self, 0);
    if (map != MAP_FAILED) puts("reached: its own file in memory");
    puts("contained");
}
