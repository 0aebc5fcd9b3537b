// What stands between the runner and a compiled program: it takes on the limits of its run and becomes the program.
//
// The runner would have to copy itself to do that in a child, which costs more than a small program does. This has no
// library, so that it starts at once. Its name (argv[0]) is a list of numbers: whether the kernel shall kill it first
// where memory is short, whom it belongs to (0 for nobody else), whether there are walls of Landlock to build (as
// descriptor 4), then for each limit its number and its bound. The rest of the arguments are the program's.

typedef unsigned long word;

#if defined(__x86_64__)
enum { WRITE = 1, CLOSE = 3, FCNTL = 72, OPENAT = 257, PRLIMIT = 302, EXECVEAT = 322, EXIT = 231, SETRESUID = 117 };

static long call(word number, word a = 0, word b = 0, word c = 0, word d = 0, word e = 0) {
    long result;
    register word r10 __asm__("r10") = d;
    register word r8 __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
#elif defined(__aarch64__)
enum { WRITE = 64, CLOSE = 57, FCNTL = 25, OPENAT = 56, PRLIMIT = 261, EXECVEAT = 281, EXIT = 94, SETRESUID = 147 };

static long call(word number, word a = 0, word b = 0, word c = 0, word d = 0, word e = 0) {
    register word x8 __asm__("x8") = number;
    register word x0 __asm__("x0") = a;
    register word x1 __asm__("x1") = b;
    register word x2 __asm__("x2") = c;
    register word x3 __asm__("x3") = d;
    register word x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}

__asm__(".globl _start\n_start:\n mov x0, sp\n bl begin\n");
#endif

enum { CLOSE_RANGE = 436, RESTRICT_SELF = 446 };
enum { PROGRAM = 3, WALLS = 4, SET_FLAGS = 2, CLOSE_ON_EXEC = 1, HERE = -100, WRITE_ONLY = 1, EMPTY_PATH = 0x1000 };

static const char *text;

static bool next(word &value) {
    while (*text == ' ') text++;
    if (!*text) return false;
    for (value = 0; '0' <= *text && *text <= '9'; text++) value = value * 10 + (*text - '0');
    return true;
}

extern "C" void begin(word *stack) {
    char **arguments = (char **)(stack + 1), **environment = arguments + stack[0] + 1;
    word first = 0, user = 0, walls = 0, which = 0, bound = 0;
    text = arguments[0];
    bool fine = next(first) && next(user) && next(walls);
    if (user) fine = fine && call(SETRESUID, user, user, user) == 0;
    if (walls) fine = fine && call(RESTRICT_SELF, WALLS, 0) == 0;
    if (first) {
        long file = call(OPENAT, (word)HERE, (word) "/proc/self/oom_score_adj", WRITE_ONLY);
        fine = fine && file >= 0 && call(WRITE, file, (word) "1000", 4) == 4;
        call(CLOSE, file);
    }
    while (next(which) && next(bound)) {
        word both[2] = {bound, bound};
        fine = fine && call(PRLIMIT, 0, which, (word)both) == 0;
    }
    fine = fine && call(FCNTL, PROGRAM, SET_FLAGS, CLOSE_ON_EXEC) == 0;
    fine = fine && call(CLOSE_RANGE, PROGRAM + 1, ~0u) == 0;
    if (fine) call(EXECVEAT, PROGRAM, (word) "", (word)(arguments + 1), (word)environment, EMPTY_PATH);
    call(EXIT, 126);
    for (;;) {}
}
