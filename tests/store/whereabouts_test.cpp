// Whether the files that were opened are still those at their path.
#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/whereabouts.hpp>

using namespace acta;
using namespace acta::detail;
using namespace tests;
using part = whereabouts::part;

TEST_CASE("each of the three files is missed when it is deleted, moved or replaced, and not when it is written to") {
    const std::pair<part, const char*> parts[] = {{part::file, "x"}, {part::index, "x-shm"}, {part::log, "x-wal"}};
    for (const auto& [which, name] : parts)
        for (int how = 0; how < 3; ++how) {
            const folder here;
            for (const auto& each : parts) write_file(here / each.second, "a");
            write_file(here / "other", "a");
            const whereabouts known(here / "x");
            write_file(here / name, "something else");
            known.check("never said");
            if (how == 0) std::filesystem::remove(here / name);
            if (how == 1) std::filesystem::rename(here / name, here / "moved");
            if (how == 2) std::filesystem::rename(here / "other", here / name);
            for (const auto& each : parts) CHECK(known.has(each.first) == (each.first != which));
            const failure why = thrown_by([&] { known.check("nothing was done"); });
            CHECK(why.code() == errc::io);
            CHECK(says(why, (here / name).string() + " was deleted, moved or replaced while it was open: nothing was done, close"));
        }
}

TEST_CASE("what was not there is not missed, and neither is anything of a store in memory") {
    const folder here;
    const whereabouts known(here / "x");
    write_file(here / "x-wal", "a");
    known.check("never said");
    whereabouts().check("never said");
}
