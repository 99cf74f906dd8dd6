// Containers and algorithms.
#include <algorithm>
#include <deque>
#include <iostream>
#include <list>
#include <map>
#include <numeric>
#include <queue>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>
int main() {
    std::vector<int> v(1000); std::iota(v.begin(), v.end(), 0); unsigned s = 1; for (auto &x : v) s = s * 69069 + 1, x = s >> 12;
    std::sort(v.begin(), v.end()); std::map<int, std::string> m; std::unordered_map<std::string, int> u; std::set<int> set; std::list<int> l; std::deque<double> d; std::priority_queue<int> q;
    for (int x : v) m[x % 100] += 'a' + x % 26, u[std::to_string(x % 50)]++, set.insert(x % 77), l.push_front(x), d.push_back(x / 3.0), q.push(x ^ 0x55555);
    l.sort(); l.unique(); std::reverse(v.begin(), v.end()); std::stable_partition(v.begin(), v.end(), [](int x) { return x % 2; });
    std::cout << m.size() << ' ' << m.begin()->second << ' ' << u["7"] << ' ' << set.size() << ' ' << l.size() << ' ' << d[500] << ' ' << q.top() << ' ' << v[0] << ' ' << std::accumulate(d.begin(), d.end(), 0.0) << '\n';
    std::vector<std::string> names{"pear", "apple", "fig", "date"}; std::sort(names.begin(), names.end()); for (auto &n : names) std::cout << n << ' '; std::cout << std::binary_search(names.begin(), names.end(), "fig") << '\n';
}
