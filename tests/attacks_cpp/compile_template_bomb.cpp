// Tries: instantiates ever more templates
// Must: the compiler gives up
// Status: compile_error
template <int number, int other>
struct Bomb {
    typename Bomb<number + 1, other>::Type first;
    typename Bomb<number + 1, other + number>::Type second;
    using Type = Bomb;
};
int main() { Bomb<0, 1> all; }
