// Regular expressions, views of strings, and streams with states of their own.
#include <charconv>
#include <iomanip>
#include <iostream>
#include <optional>
#include <regex>
#include <sstream>
#include <string_view>
static std::optional<int> number(std::string_view text) { int v; auto [end, error] = std::from_chars(text.begin(), text.end(), v); if (error != std::errc() || end != text.end()) return {}; return v; }
int main() {
    std::string text = "on 2024-02-29 and 1999-12-31, not 24-1-1; mail a.b@example.org or x@y.z"; std::regex date(R"((\d{4})-(\d\d)-(\d\d))"), mail(R"([\w.]+@[\w.]+\w)");
    for (std::sregex_iterator it(text.begin(), text.end(), date), end; it != end; ++it) std::cout << (*it)[1] << '/' << (*it)[2] << '/' << (*it)[3] << " at " << it->position() << '\n';
    std::cout << std::regex_replace(text, mail, "<$&>") << '\n'; try { std::regex bad("(["); } catch (const std::regex_error &e) { std::cout << "bad " << (e.code() == std::regex_constants::error_brack || e.code() == std::regex_constants::error_paren) << '\n'; }
    for (auto one : {"42", "-7", "4x", "", "99999999999"}) if (auto n = number(one)) std::cout << *n << ' '; else std::cout << "none "; std::cout << '\n';
    std::istringstream in("alpha 0x1f 077 1e3 omega"); std::string a, z; int h, o; double d; in >> a >> std::hex >> h >> std::oct >> o >> d >> z; std::cout << a << h << ' ' << o << ' ' << d << z << ' ' << in.eof() << in.fail() << '\n';
    std::cout << std::setfill('*') << std::setw(8) << 42 << std::left << std::setw(6) << "ab" << std::showbase << std::hex << 255 << std::dec << std::fixed << std::setprecision(3) << ' ' << 3.14159 << std::scientific << ' ' << 12345.678 << std::showpos << ' ' << 5 << '\n'; std::cerr << "done\n";
}
