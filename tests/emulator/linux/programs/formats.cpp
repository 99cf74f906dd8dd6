// Formatting by streams, regular expressions, paths, charconv, bit operations.
#include <array>
#include <bitset>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <regex>
#include <sstream>
#include <string_view>
#include <variant>
#include <unistd.h>
namespace fs = std::filesystem;
int main() {
    std::cout << std::hex << std::showbase << 255 << ' ' << std::oct << 8 << std::dec << ' ' << std::setw(8) << std::setfill('*') << -42 << ' ' << std::internal << std::setw(8) << -42 << '\n';
    std::cout << std::fixed << std::setprecision(3) << 3.14159 << ' ' << std::scientific << 12345.678 << ' ' << std::hexfloat << 1.5 << std::defaultfloat << ' ' << 1e20 << ' ' << std::boolalpha << true << '\n';
    std::cout << std::quoted("a \"b\"") << ' ' << std::put_time(std::gmtime(std::array<time_t, 1>{86400 * 365}.data()), "%Y-%m-%d %H:%M") << ' ' << std::get<1>(std::variant<int, double>(2.5)) << ' ' << std::bitset<12>(2741) << '\n';
    std::regex re(R"((\w+)@(\w+)\.(com|org))"); std::string text = "me@home.org, you@work.com; nobody@x.net"; for (std::sregex_iterator i(text.begin(), text.end(), re), e; i != e; ++i) std::cout << (*i)[1] << '|' << (*i)[2] << ' '; std::cout << std::regex_replace(text, re, "<$2>") << '\n';
    char b[64]; auto r = std::to_chars(b, b + 64, 0.1 + 0.2); std::cout << std::string_view(b, r.ptr - b) << ' '; double d; std::from_chars(b, r.ptr, d); std::cout << (d == 0.1 + 0.2) << ' '; int n; auto q = std::from_chars("123x", nullptr, n, 10); (void)q; 
    std::mt19937_64 random(7); std::normal_distribution<double> normal; double sum = 0; for (int i = 0; i < 100; i++) sum += normal(random); std::cout << std::setprecision(10) << sum << ' ' << random() << '\n';
    fs::path p = fs::temp_directory_path() / ("rvx-formats-test" + std::to_string(getpid())); fs::remove_all(p); fs::create_directories(p / "a/b"); std::ofstream(p / "a/x.txt") << "text\n" << 12; std::ofstream(p / "a/b/y") << std::string(1000, 'y');
    std::map<std::string, std::uintmax_t> found; for (auto &e : fs::recursive_directory_iterator(p)) found[e.path().lexically_relative(p).string()] = e.is_regular_file() ? e.file_size() : 0; for (auto &[k, v] : found) std::cout << k << ':' << v << ' ';
    fs::copy_file(p / "a/x.txt", p / "copy"); std::ifstream in(p / "copy"); std::string w; int k; in >> w >> k; std::cout << w << k << ' '; fs::rename(p / "copy", p / "moved"); fs::permissions(p / "moved", fs::perms::owner_read); std::cout << fs::exists(p / "copy") << ' ' << fs::remove_all(p) << ' ' << fs::exists(p) << '\n';
    try { fs::file_size("/tmp/not there"); } catch (const fs::filesystem_error &e) { std::cout << e.code().value() << ' ' << e.what() << '\n'; } std::istringstream bad("12 x"); int i = 0, j = 5; bad >> i >> j; std::cout << i << j << bad.fail() << '\n';
    return std::optional<int>(3).value_or(0);
}
