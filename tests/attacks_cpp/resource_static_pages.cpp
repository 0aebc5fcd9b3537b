// Tries: has more static memory than it may use, and touches all of it
// Must: memory is bounded
// Status: memory_limit_exceeded|runtime_error
static volatile char all[1u << 30];
int main() {
    for (unsigned place = 0; place < sizeof all; place += 4096) all[place] = 1;
}
