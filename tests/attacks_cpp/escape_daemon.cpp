// Tries: leaves a process behind that holds its outputs
// Must: it is ended with its parent
// Status: ok|runtime_error
// Stdout: contained
#include <unistd.h>
#include <cstdio>
int main() {
    if (fork()) {
        puts("contained");
        return 0;
    }
    setsid();
    if (fork()) _exit(0);
    for (;;) sleep(1);
}
