// Owners of memory, virtual calls, templates, lambdas, tuples, and what is destroyed when.
#include <any>
#include <array>
#include <functional>
#include <iostream>
#include <memory>
#include <numeric>
#include <tuple>
#include <typeinfo>
#include <vector>
struct Shape { virtual ~Shape() { std::cout << '~'; } virtual double area() const = 0; }; struct Square : Shape { double a; explicit Square(double x) : a(x) {} double area() const override { return a * a; } ~Square() override { std::cout << 'S'; } }; struct Disc : Shape { double r; explicit Disc(double x) : r(x) {} double area() const override { return 3 * r * r; } ~Disc() override { std::cout << 'D'; } };
template <typename... T> auto total(T... t) { return (t + ... + 0); } template <size_t N> constexpr auto squares() { std::array<int, N> a{}; for (size_t i = 0; i < N; i++) a[i] = int(i * i); return a; }
int main() {
    { std::vector<std::unique_ptr<Shape>> all; for (int i = 1; i < 5; i++) if (i % 2) all.push_back(std::make_unique<Square>(i)); else all.push_back(std::make_unique<Disc>(i)); double sum = 0; for (auto &s : all) sum += s->area() + (dynamic_cast<Disc *>(s.get()) != nullptr); std::cout << sum << '\n'; } std::cout << '\n';
    std::weak_ptr<int> weak; { auto shared = std::make_shared<int>(7); auto other = shared; weak = shared; std::cout << shared.use_count() << *weak.lock(); } std::cout << weak.expired() << '\n'; constexpr auto table = squares<12>(); static_assert(table[11] == 121); std::cout << total(1, 2.5, 3L) << ' ' << std::accumulate(table.begin(), table.end(), 0) << '\n';
    std::function<int(int)> fib = [&](int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }; std::any thing = std::string("text"); auto [a, b, c] = std::make_tuple(fib(17), thing.type() == typeid(std::string), 'x'); std::cout << a << b << c; try { std::any_cast<int>(thing); } catch (const std::bad_any_cast &) { std::cout << " bad\n"; } try { auto p = new long[(size_t)-1 / 16]; std::cout << (void *)p; } catch (const std::bad_alloc &) { std::cout << "no memory\n"; }
}
