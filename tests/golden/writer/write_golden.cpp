// Writes a golden store and its text: `write_golden tests/golden/format_1.acta`. Run once for each format that is released, never again for an old one.
#include <acta/store/sqlite.hpp>

#include "golden/history.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

int main(int argc, char** argv) {
    if (argc != 2) return std::fprintf(stderr, "usage: %s STORE, which must not be there\n", argv[0]), 2;
    try {
        if (std::filesystem::exists(argv[1]))
            return std::fprintf(stderr, "%s is there: a golden store is never written again\n", argv[1]), 1;
        acta::manual_clock clock(acta::timestamp(std::chrono::microseconds(1'767'323'045'000'000)));
        acta::sqlite_log log(argv[1], {.clock = &clock});
        for (const acta::append_request& each : golden::history()) {
            log.append(each).value();
            clock.advance(std::chrono::seconds(1));
        }
        std::ofstream(std::filesystem::path(argv[1]).replace_extension(".txt"), std::ios::binary) << golden::lines_of(log);
        return 0;
    } catch (const std::exception& why) { return std::fprintf(stderr, "%s\n", why.what()), 1; }
}
