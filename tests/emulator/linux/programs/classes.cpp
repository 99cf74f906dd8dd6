// Virtual functions, multiple inheritance, dynamic_cast, typeid, templates, lambdas, statics.
#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <variant>
#include <vector>
struct Shape { virtual ~Shape() { std::puts("gone"); } virtual double area() const = 0; };
struct Named { std::string name = "named"; virtual int id() const { return 1; } };
struct Circle : Shape, Named { double r; explicit Circle(double x) : r(x) {} double area() const override { return 3 * r * r; } int id() const override { return 2; } };
struct Square final : Shape { double s = 2; double area() const override { return s * s; } };
template <int N> struct Fibonacci { static constexpr long value = Fibonacci<N - 1>::value + Fibonacci<N - 2>::value; };
template <> struct Fibonacci<0> { static constexpr long value = 0; }; template <> struct Fibonacci<1> { static constexpr long value = 1; };
static int counter() { static int n = [] { std::puts("once"); return 10; }(); return n++; }
int main() {
    std::vector<std::unique_ptr<Shape>> shapes; shapes.push_back(std::make_unique<Circle>(2)); shapes.push_back(std::make_unique<Square>()); double sum = 0;
    for (auto &s : shapes) { sum += s->area(); auto *n = dynamic_cast<Named *>(s.get()); std::printf("%d %d\n", n ? n->id() : 0, typeid(*s) == typeid(Square)); }
    std::function<int(int)> f = [&](int n) { return n < 2 ? n : f(n - 1) + f(n - 2); }; std::variant<int, std::string> v = "text"; std::optional<int> o; std::array<int, 3> a{1, 2, 3};
    std::printf("%g %ld %d %zu %d %d %d %d\n", sum, Fibonacci<60>::value, f(15), v.index(), o.value_or(7), a[2], counter(), counter()); std::shared_ptr<int> p(new int(5)), q = p; std::printf("%ld\n", q.use_count());
}
