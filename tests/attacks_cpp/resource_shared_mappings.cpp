// Tries: fills shared mappings of files in memory
// Must: memory is bounded
// Status: ok|memory_limit_exceeded|runtime_error
// Stdout: contained
#include <sys/mman.h>
#include <unistd.h>
#include <cstdio>
#include <cstring>
int main() {
    for (int count = 0; count < 64; count++) {
        int file = memfd_create("m", 0);
        if (file < 0 || ftruncate(file, 64 << 20)) break;
        void *map = mmap(nullptr, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (map == MAP_FAILED) break;
        memset(map, 1, 64 << 20);
        if (count == 63) puts("reached: 4 GB");
    }
    puts("contained");
}
