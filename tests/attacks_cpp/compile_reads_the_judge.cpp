// Tries: takes files of the box into the program
// Must: what is there is no secret
// Status: ok|compile_error
// Stdout: contained
#include <cstdio>
#if __has_include("/work") || __has_include("/box/test.ans") || __has_include("test.in") || __has_include("test.ans")
int main() { puts("reached: a file of the host or of a test"); }
#else
int main() { puts("contained"); }
#endif
