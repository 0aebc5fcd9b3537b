// Tries: makes system calls by itself, past any library
// Must: each is refused
// Status: ok
// Stdout: contained
#include <cstdio>
long call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
    long result;
    register long fourth asm("r10") = d;
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth) : "rcx", "r11", "memory");
    return result;
}
int main() {
    const long none[] = {
        101 /* ptrace */,    155 /* pivot_root */,  161 /* chroot */,         165 /* mount */,
        169 /* reboot */,    175 /* init_module */, 246 /* kexec_load */,     250 /* keyctl */,
        272 /* unshare */,   298 /* perf */,        304 /* by handle */,      308 /* setns */,
        310 /* vm_readv */,  321 /* bpf */,         323 /* userfaultfd */,    425 /* io_uring */,
        430 /* fsopen */,    435 /* clone3 */,      438 /* pidfd_getfd */,    105 /* setuid */,
    };
    for (long number : none) {
        long first = number == 101 ? 16 : number == 272 ? 0x10000000 : 0;  // attach; a namespace of users
        long second = number == 101 ? 1 : 0;
        long result = number == 435 ? call(number, 0, 0) : call(number, first, second);
        if (result >= 0) printf("reached: %ld gave %ld\n", number, result);
    }
    puts("contained");
}
