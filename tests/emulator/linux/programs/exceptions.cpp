// Exceptions through frames with destructors, rethrown, in constructors, and by type.
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
struct Noisy { std::string name; explicit Noisy(std::string n) : name(std::move(n)) { std::cout << "+" << name << '\n'; } ~Noisy() { std::cout << "-" << name << '\n'; } };
struct Failing { Noisy part{"part"}; Failing() { throw std::runtime_error("no object"); } };
static int depth(int n) { Noisy here("level " + std::to_string(n)); if (n == 0) throw std::out_of_range("bottom"); return depth(n - 1) + 1; }
int main() {
    try { depth(3); } catch (const std::out_of_range &e) { std::cout << e.what() << '\n'; }
    try { Failing f; } catch (const std::exception &e) { std::cout << e.what() << '\n'; }
    try { try { throw 42; } catch (...) { std::cout << "again\n"; throw; } } catch (int i) { std::cout << i << '\n'; }
    try { std::string("abc").at(10); } catch (const std::logic_error &) { std::cout << "at\n"; }
    auto p = std::make_unique<Noisy>("owned");
    double d = 1.5; try { throw d; } catch (double got) { std::cout << got << '\n'; }
    return 5;
}
