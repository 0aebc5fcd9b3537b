// Tries: shows a file in the compiler's complaints
// Must: the file is not there, or cannot be read
// Status: compile_error
#include "/etc/shadow"
#include "/proc/1/environ"
#include "/root/.bashrc"
int main() {}
