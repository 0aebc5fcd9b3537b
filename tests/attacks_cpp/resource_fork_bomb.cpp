// Tries: forks in a loop, and so does every child
// Must: the number of processes is bounded, their CPU time is added up
// Status: time_limit_exceeded
// Limits: cpu_s=0.3
#include <unistd.h>
int main() {
    for (;;) fork();
}
