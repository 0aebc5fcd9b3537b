// Tries: kills, signals and renices all others before its main function begins
// Must: the first process does not notice
// Status: ok|runtime_error
// Stdout: contained
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cstdio>
#include <initializer_list>
__attribute__((constructor(101))) void first() {
    for (int number : {SIGSTOP, SIGTERM, SIGKILL, SIGUSR1, SIGCHLD}) {
        kill(1, number);
        if (getppid() > 1) kill(getppid(), number);
    }
    setpriority(PRIO_PROCESS, 1, 19);
    for (int file = 3; file < 256; file++) close(file);
    setpgid(0, 0);
}
struct Last {
    ~Last() { kill(-1, SIGKILL); }
} last;
int main() { puts("contained"); }
