// Coroutines of C++20, ranges, format of chrono, spans.
#include <coroutine>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <vector>
template <class T> struct Generator {
    struct promise_type { T value; std::exception_ptr e; Generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() { return {}; } std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(T v) { value = v; return {}; } void return_void() {} void unhandled_exception() { e = std::current_exception(); } };
    std::coroutine_handle<promise_type> h; bool next() { h.resume(); if (h.promise().e) std::rethrow_exception(h.promise().e); return !h.done(); } T get() { return h.promise().value; } ~Generator() { if (h) h.destroy(); }
};
Generator<long> fibonacci(int n) { long a = 0, b = 1; for (int i = 0; i < n; i++) { co_yield a; long c = a + b; a = b; b = c; if (a > 1000) throw std::runtime_error("too large " + std::to_string(a)); } }
int main() {
    auto g = fibonacci(100); try { while (g.next()) std::printf("%ld ", g.get()); } catch (const std::exception &e) { std::printf("%s\n", e.what()); }
    std::vector<int> v(50); std::iota(v.begin(), v.end(), 1); long s = 0; for (int x : v | std::views::filter([](int i) { return i % 3 == 0; }) | std::views::transform([](int i) { return i * i; }) | std::views::take(9)) s += x; std::printf("%ld\n", s);
    std::ranges::sort(v, std::greater{}); std::span<int> part(v.data() + 5, 10); std::printf("%d %d\n", part.front(), std::accumulate(part.begin(), part.end(), 0)); return 0;
}
