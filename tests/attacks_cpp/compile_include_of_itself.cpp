// Tries: includes itself twice at each level
// Must: the compiler gives up
// Status: compile_error
#include "main.cpp"
#include "main.cpp"
int main() {}
