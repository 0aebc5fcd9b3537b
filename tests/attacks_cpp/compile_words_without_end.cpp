// Tries: has a complaint of exponential length
// Must: what the compiler says is bounded
// Status: compile_error
template <class One, class Other>
struct Pair {};
template <int depth>
struct Deep {
    using Type = Pair<typename Deep<depth - 1>::Type, typename Deep<depth - 1>::Type>;
};
template <>
struct Deep<0> {
    using Type = int;
};
int main() { int number = Deep<20>::Type(); }
