// Tries: ignores every signal that it can, and waits
// Must: it is ended by the clock
// Status: time_limit_exceeded
// Limits: cpu_s=0.3 wall_s=2
#include <signal.h>
#include <unistd.h>
int main() {
    for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
    for (;;) pause();
}
