// Tries: attaches to the first process, and reads and writes its memory
// Must: it cannot
// Status: ok
// Stdout: contained
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cstdio>
#include <initializer_list>
int main() {
    char room[8];
    iovec here = {room, sizeof room}, there = {(void *)0x400000, sizeof room};
    for (int who : {1, (int)getppid()}) {
        if (who < 1) continue;
        if (!ptrace(PTRACE_ATTACH, who, 0, 0) || !ptrace(PTRACE_SEIZE, who, 0, 0)) printf("reached: %d traced\n", who);
        if (process_vm_readv(who, &here, 1, &there, 1, 0) > 0) printf("reached: memory of %d\n", who);
        if (process_vm_writev(who, &here, 1, &there, 1, 0) > 0) printf("reached: memory of %d for writing\n", who);
    }
    puts("contained");
}
