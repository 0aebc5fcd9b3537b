// Tries: makes calls as a program of 32 bits
// Must: the call is refused, or ends the program
// Status: ok|runtime_error
// Stdout: contained
#include <cstdio>
int main() {
    long result;
    asm volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");  // getpid
    if (result > 0) puts("reached: a call of another kind");
    asm volatile("syscall" : "=a"(result) : "a"(0x40000000L | 39) : "rcx", "r11", "memory");
    if (result > 0) puts("reached: a call of a third kind");
    puts("contained");
}
