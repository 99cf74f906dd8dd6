// A reader and writer of JSON, with variants, maps and exceptions.
#include <cmath>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>
struct Value; using List = std::vector<Value>; using Object = std::map<std::string, Value>;
struct Value { std::variant<std::nullptr_t, bool, double, std::string, std::shared_ptr<List>, std::shared_ptr<Object>> is; };
struct Reader {
    std::string text; size_t at = 0;
    char peek() { while (at < text.size() && isspace((unsigned char)text[at])) at++; return at < text.size() ? text[at] : 0; }
    void want(char c) { if (peek() != c) throw std::runtime_error("wanted '" + std::string(1, c) + "' at " + std::to_string(at)); at++; }
    std::string word() { want('"'); std::string s; for (; at < text.size() && text[at] != '"'; at++) { if (text[at] == '\\') at++; s += text[at]; } want('"'); return s; }
    Value read() {
        char c = peek(); if (c == '{') { auto o = std::make_shared<Object>(); at++; if (peek() == '}') return at++, Value{o}; do { auto k = word(); want(':'); (*o)[k] = read(); } while (peek() == ',' && ++at); want('}'); return {o}; }
        if (c == '[') { auto l = std::make_shared<List>(); at++; if (peek() == ']') return at++, Value{l}; do l->push_back(read()); while (peek() == ',' && ++at); want(']'); return {l}; }
        if (c == '"') return {word()}; if (!text.compare(at, 4, "true")) return at += 4, Value{true}; if (!text.compare(at, 5, "false")) return at += 5, Value{false}; if (!text.compare(at, 4, "null")) return at += 4, Value{nullptr};
        size_t used; double d = std::stod(text.substr(at), &used); at += used; return {d};
    }
};
static void show(std::ostream &out, const Value &v) {
    struct { std::ostream &out; void operator()(std::nullptr_t) { out << "null"; } void operator()(bool b) { out << std::boolalpha << b; } void operator()(double d) { out << d; } void operator()(const std::string &s) { out << '"' << s << '"'; }
        void operator()(const std::shared_ptr<List> &l) { out << '['; for (auto &x : *l) { if (&x != &l->front()) out << ','; show(out, x); } out << ']'; }
        void operator()(const std::shared_ptr<Object> &o) { out << '{'; bool first = true; for (auto &[k, x] : *o) { if (!first) out << ','; first = false; out << '"' << k << "\":"; show(out, x); } out << '}'; } } visitor{out};
    std::visit(visitor, v.is);
}
int main() {
    for (std::string text : {R"({"b": [1, 2.5, -3e2, {"x": null}], "a": true, "z": "t\"q"})", "[[[[]]], {}]", "[1, 2", R"({"a" 1})", "xyz", "  12.125  "})
        try { std::ostringstream out; show(out, Reader{text}.read()); std::cout << out.str() << '\n'; } catch (const std::exception &e) { std::cout << "no: " << e.what() << '\n'; }
}
