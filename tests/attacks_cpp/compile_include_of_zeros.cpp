// Tries: includes a device without end
// Must: the compiler is ended
// Status: compile_error
#include "/dev/zero"
int main() {}
