// Tries: makes a program of gigabytes
// Must: what a compiler writes is bounded
// Status: compile_error
asm(".data\n.fill 0x7fffffff, 1, 7\n.fill 0x7fffffff, 1, 7\n");
int main() {}
