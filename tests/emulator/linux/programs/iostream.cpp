// Streams: manipulators, string streams, reading numbers and lines.
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
int main() {
    std::cout << std::hex << std::showbase << 255 << ' ' << std::oct << 8 << std::dec << ' ' << std::setw(10) << std::setfill('*') << -42 << '\n';
    std::cout << std::fixed << std::setprecision(3) << 3.14159 << ' ' << std::scientific << 12345.678 << ' ' << std::defaultfloat << 1e-9 << ' ' << std::boolalpha << true << '\n';
    std::istringstream in("12 3.5 word\nsecond line"); int i; double d; std::string w, line; in >> i >> d >> w; std::getline(in, line); std::getline(in, line);
    std::cout << i << '|' << d << '|' << w << '|' << line << '|' << in.eof() << '\n';
    long sum = 0; int n = 0; for (std::string word; std::cin >> word; n++) try { sum += std::stol(word); } catch (const std::invalid_argument &) { std::cerr << "not a number: " << word << '\n'; }
    std::ostringstream out; out << std::left << std::setw(8) << sum << '.' << std::right << std::setw(6) << n; std::cout << out.str() << std::endl;
    return n;
}
