// Tries: writes to both outputs without end, by many threads at once
// Must: output is bounded
// Status: output_limit_exceeded
#include <sys/uio.h>
#include <unistd.h>
#include <cstring>
static char block[1 << 16];
int main() {
    memset(block, 'x', sizeof block);
    iovec parts[8];
    for (auto &part : parts) part = {block, sizeof block};
    fork();
    for (;;) {
        writev(1, parts, 8);
        writev(2, parts, 8);
    }
}
