// Folders, links, times and rights of files, by way of std::filesystem, in the folder it is given.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
namespace fs = std::filesystem;
int main(int argc, char **argv) {
    fs::path top = fs::path(argv[1]) / "top"; std::error_code why;
    std::cout << fs::create_directories(top / "a" / "b") << fs::create_directory(top / "a") << fs::exists(top / "x") << '\n';
    std::ofstream(top / "one") << "one\n"; std::ofstream(top / "a" / "two") << std::string(5000, '2');
    fs::copy_file(top / "a" / "two", top / "copy"); fs::copy(top / "a", top / "c", fs::copy_options::recursive);
    fs::rename(top / "one", top / "a" / "b" / "1"); fs::resize_file(top / "copy", 4321);
    fs::create_symlink("copy", top / "link"); fs::create_hard_link(top / "copy", top / "hard");
    fs::permissions(top / "hard", fs::perms::owner_read | fs::perms::group_read);
    fs::last_write_time(top / "copy", fs::file_time_type(std::chrono::seconds(-5000000000)));
    std::cout << std::hex << (int)fs::status(top / "copy").permissions() << std::dec << ' ' << fs::hard_link_count(top / "copy") << ' ' << fs::read_symlink(top / "link") << ' ' << fs::is_symlink(top / "link") << fs::equivalent(top / "link", top / "hard") << ' ' << std::chrono::duration_cast<std::chrono::seconds>(fs::last_write_time(top / "hard").time_since_epoch()).count() << '\n';
    std::set<std::string> names; for (auto &found : fs::recursive_directory_iterator(top)) names.insert(fs::relative(found.path(), top).string() + (found.is_directory() ? "/" : " " + std::to_string(found.file_size())));
    for (auto &name : names) std::cout << name << '\n';
    auto before = fs::current_path(); fs::current_path(top / "a"); std::cout << fs::exists("two") << fs::exists("../copy") << fs::is_empty("b") << '\n'; fs::current_path(before);
    fs::remove(top / "a", why); std::cout << why.message() << '\n'; fs::rename(top / "no", top / "where", why); std::cout << why.message() << '\n'; fs::create_directory(top / "copy" / "x", why); std::cout << why.message() << '\n';
    std::cout << fs::remove_all(top) << fs::exists(top) << (fs::space(argv[1]).capacity > 0) << '\n';
}
