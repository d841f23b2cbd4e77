// The text of the progress line.
#include "progress_line.hpp"

#include <doctest/doctest.h>

using namespace acta::cli;

TEST_CASE("progress shows part, bar, counts, rate and what remains") {
    CHECK(progress_text("replaying", 250'000, 1'000'000, 250'000, 120) ==
          "replaying  25 %  [##########..............................]  250,000 of 1,000,000 events  250,000/s  ETA 0:03");
    CHECK(progress_text("replaying", 0, 1'000, 0, 120).find("ETA") == std::string::npos);  // nothing is known yet
    CHECK(progress_text("replaying", 1'000, 1'000, 10, 120).find(" 100 %  [########################################]") !=
          std::string::npos);
    CHECK(progress_text("replaying", 0, 1'000'000, 100, 120).ends_with("ETA 2:46:40"));
}

TEST_CASE("progress never takes more than the line") {
    for (std::size_t width = 0; width < 130; ++width) {
        for (const std::int64_t done : {0, 1, 999'999, 1'000'000})
            CHECK(progress_text("replaying", done, 1'000'000, 123, width).size() <= width);
    }
}

TEST_CASE("an empty run and a rate of nothing do not upset it") {
    CHECK(progress_text("replaying", 0, 0, 0, 80).find("  0 %") != std::string::npos);
    CHECK(progress_text("replaying", 5, 3, 1, 80).find("100 %") != std::string::npos);
}
