// How long the name of a store may be, and what the umask leaves to others of the files that are made.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace acta;
using namespace tests;

namespace {

/// While it lives, what is made is closed to everybody else.
class own_files {
public:
    own_files() : before_(::umask(077)) {}
    own_files(const own_files&) = delete;
    own_files& operator=(const own_files&) = delete;
    ~own_files() { ::umask(before_); }

private:
    mode_t before_;
};

}  // namespace

TEST_CASE("what the umask keeps from others is kept from them in every file of a store") {
    const folder here;
    const own_files closed;
    sqlite_log log(here / "bank.acta");
    log.append(account("ada"), none, deposits(3)).value();
    std::size_t files = 0;
    for (const auto& each : std::filesystem::directory_iterator(here.path())) {
        CAPTURE(each.path());
        struct stat info {};
        REQUIRE(::stat(each.path().c_str(), &info) == 0);
        CHECK((info.st_mode & 0077U) == 0);
        ++files;
    }
    CHECK(files >= 4);  // the store, its log, the index of that, and .notify
}

TEST_CASE("a name that is too long for the store and the files beside it is refused in a sentence, and nothing is left") {
    const folder here;
    std::size_t opened = 0;
    for (std::size_t size = 200; size <= 260; ++size) {
        CAPTURE(size);
        const std::filesystem::path file = here / std::string(size, 's');
        try {
            sqlite_log log(file);
            log.append(account("ada"), none, deposits(1)).value();
            ++opened;
        } catch (const failure& why) {
            CHECK(says(why, std::string(200, 's')));
            CHECK(says(why, "too long"));
            CHECK(here.listing().find(std::string(size, 's')) == std::string::npos);
            continue;
        }
        CHECK(read_all(sqlite_log(file, {.read_only = true})).size() == 1);
    }
    CHECK(opened > 0);
    CHECK(opened < 60);
}

TEST_CASE("a store in folders that are too deep is refused in a sentence") {
    const folder here;
    std::filesystem::path deep = here.path();
    std::size_t opened = 0, refused = 0;
    while (deep.native().size() < 700) {
        deep /= std::string(20, 'd');
        std::filesystem::create_directory(deep);
        CAPTURE(deep.native().size());
        try {
            sqlite_log log(deep / "bank.acta");
            log.append(account("ada"), none, deposits(1)).value();
            CHECK(refused == 0);
            ++opened;
        } catch (const failure& why) {
            CHECK(says(why, "bank.acta"));
            CHECK(says(why, "too long"));
            CHECK(std::filesystem::is_empty(deep));
            ++refused;
        }
    }
    CHECK(opened > 0);
    CHECK(refused > 0);
}
