// Tries: starts threads that sleep, without end
// Must: their number is bounded
// Status: ok|runtime_error|memory_limit_exceeded
// Stdout: contained
#include <pthread.h>
#include <unistd.h>
#include <cstdio>
void *sleeper(void *) {
    pause();
    return nullptr;
}
int main() {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    for (int count = 0; count < 100000; count++) {
        pthread_t thread;
        if (pthread_create(&thread, &small, sleeper, nullptr)) {
            puts("contained");
            return 0;
        }
    }
    puts("reached: 100000 threads");
}
