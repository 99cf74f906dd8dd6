// std::string, regular expressions and string views.
#include <iostream>
#include <regex>
#include <string>
#include <string_view>
int main() { std::string s = "The rain in Spain"; std::regex r("(\\w*ain)"); for (std::sregex_iterator i(s.begin(), s.end(), r), e; i != e; ++i) std::cout << (*i)[1] << '@' << i->position() << '\n'; std::cout << std::regex_replace(s, std::regex("ain"), "ow") << '\n'; std::string_view v(s); std::cout << v.substr(4, 4) << ' ' << s.find("Spain") << ' ' << s.rfind("in") << ' ' << (s < "Tho") << '\n'; std::string big; for (int i = 0; i < 1000; i++) big += std::to_string(i); big.erase(10, 2000).insert(3, "xyz").replace(0, 2, "__"); std::cout << big.size() << ' ' << big.substr(0, 20) << '\n'; }
