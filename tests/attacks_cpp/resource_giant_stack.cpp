// Tries: lifts the limit of the stack and recurses without end
// Must: memory is bounded
// Status: memory_limit_exceeded|runtime_error
#include <sys/resource.h>
#include <cstring>
int deeper(int depth) {
    volatile char room[1 << 16];
    memset((char *)room, depth, sizeof room);
    return deeper(depth + 1) + room[depth % 9];
}
int main() {
    rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_STACK, &none);
    return deeper(0);
}
