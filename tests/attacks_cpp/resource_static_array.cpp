// Tries: has ten gigabytes in a static array
// Must: it cannot be linked or started
// Status: compile_error|memory_limit_exceeded|runtime_error
static char all[10ull << 30];
int main(int count, char **) {
    for (unsigned long long place = 0; place < sizeof all; place += 4096) all[place] = count;
    return all[count];
}
