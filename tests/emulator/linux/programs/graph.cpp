// Shortest ways in a graph, strong components, and a matching, with the standard containers.
#include <algorithm>
#include <functional>
#include <iostream>
#include <limits>
#include <queue>
#include <random>
#include <vector>
int main() {
    const int n = 120; std::mt19937 draw(42); std::vector<std::vector<std::pair<int, int>>> edges(n); for (int i = 0; i < 500; i++) { int a = draw() % n, b = draw() % n; edges[a].push_back({b, int(draw() % 100) + 1}); }
    std::vector<long> far(n, std::numeric_limits<long>::max()); std::priority_queue<std::pair<long, int>, std::vector<std::pair<long, int>>, std::greater<>> next; next.push({far[0] = 0, 0}); while (!next.empty()) { auto [d, at] = next.top(); next.pop(); if (d > far[at]) continue; for (auto [to, w] : edges[at]) if (d + w < far[to]) next.push({far[to] = d + w, to}); }
    long sum = 0, reached = 0; for (long d : far) if (d != std::numeric_limits<long>::max()) sum += d, reached++; std::cout << reached << ' ' << sum << '\n';
    std::vector<int> index(n, -1), low(n), stack; std::vector<char> on(n); int count = 0; std::vector<size_t> sizes; std::function<void(int)> strong = [&](int v) { index[v] = low[v] = count++; stack.push_back(v); on[v] = 1; for (auto [w, unused] : edges[v]) { (void)unused; if (index[w] < 0) strong(w), low[v] = std::min(low[v], low[w]); else if (on[w]) low[v] = std::min(low[v], index[w]); } if (low[v] == index[v]) { size_t size = 0; int w; do w = stack.back(), stack.pop_back(), on[w] = 0, size++; while (w != v); sizes.push_back(size); } };
    for (int v = 0; v < n; v++) if (index[v] < 0) strong(v); std::sort(sizes.rbegin(), sizes.rend()); std::cout << sizes.size() << ' ' << sizes[0] << '\n'; std::normal_distribution<> bell(5, 2); std::uniform_int_distribution<> die(1, 6); double mean = 0; int dice = 0; for (int i = 0; i < 1000; i++) mean += bell(draw) / 1000, dice += die(draw); std::cout << mean << ' ' << dice << '\n';
}
