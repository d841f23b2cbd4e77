// Files that were cut short or have something behind their end: all of it is there, or its beginning, or a sentence.
#include "judging.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace tests;
using ending = judged::ending;

namespace {

constexpr std::size_t page_size = 4'096, frame_size = page_size + 24, wal_header = 32;

/// Each end of a page or frame, and odd places around it.
std::vector<std::size_t> cuts(std::size_t size, std::size_t first, std::size_t step) {
    std::vector<std::size_t> out{0, 1, 15, 31, 99, 100, 511, 512};
    for (std::size_t at = first; at < size; at += step)
        for (const std::size_t odd : {at - 1, at, at + 1, at + 24, at + step / 2}) out.push_back(odd);
    std::erase_if(out, [&](std::size_t at) { return at >= size; });
    return out;
}

}  // namespace

TEST_CASE("a store that ends early is refused, wherever it ends") {
    const folder here;
    const auto store = here / "bank.acta";
    const written good = make_store(store);
    const files whole = files_of(store);
    REQUIRE(whole.size() == 1);
    REQUIRE(judge(store, good).right());
    for (const std::size_t size : cuts(whole.at("").size(), page_size, page_size)) {
        if (!is_due()) continue;
        CAPTURE(size);
        put_files(store, {{"", whole.at("").substr(0, size)}});
        const judged found = judge(store, good);
        CHECK(found.read == ending::refused);
        CHECK(found.code == (size < 100 ? errc::not_a_store : errc::damaged));
        CHECK(append_one(store).refused);
        CHECK((bytes_of_file(store) == whole.at("").substr(0, size)));
    }
}

TEST_CASE("of a killed writer's write-ahead log that ends early the transactions before the end count, and writing goes on behind them") {
    const folder here;
    const auto store = here / "bank.acta";
    const written good = make_killed_store(store);
    const files whole = files_of(store);
    const std::string& log = whole.at("-wal");
    REQUIRE(judge(store, good).right());
    std::size_t last = 0, beginnings = 0;
    std::vector<std::size_t> sizes = cuts(std::min<std::size_t>(log.size(), 160 * frame_size), wal_header, frame_size);
    std::sort(sizes.begin(), sizes.end());
    for (const std::size_t size : sizes) {
        if (!is_due()) continue;
        CAPTURE(size);
        put_files(store, {{"", whole.at("")}, {"-wal", log.substr(0, size)}});
        const judged found = judge(store, good);
        CHECK(found.read != ending::refused);
        CHECK(found.sound());
        CHECK(found.seen >= last);  // more of the log is never fewer events
        last = found.seen;
        beginnings += found.read == ending::beginning ? 1 : 0;
        if (size % 8 != 0 && size % 9 != 0) continue;
        CHECK_FALSE(append_one(store).refused);
        CHECK(read_all(sqlite_log(store, {.read_only = true})).size() == last + 1);
    }
    CHECK(beginnings > 5);
}

TEST_CASE(
    "a store whose main file ends early is refused beside its whole write-ahead log, or read whole where the log has what is missing") {
    const folder here;
    const auto store = here / "bank.acta";
    const written good = make_killed_store(store);
    const files whole = files_of(store);
    for (const std::size_t size : cuts(whole.at("").size(), page_size, page_size)) {
        if (!is_due()) continue;
        CAPTURE(size);
        put_files(store, {{"", whole.at("").substr(0, size)}, {"-wal", whole.at("-wal")}});
        const judged found = judge(store, good);
        CHECK((found.read == ending::all || found.read == ending::refused || !found.sound()));
    }
}

TEST_CASE("what stands behind the end of a store or of its write-ahead log is nobody's, or refused") {
    const folder here;
    const auto store = here / "bank.acta";
    const written good = make_killed_store(store);
    const files whole = files_of(store);
    for (const std::size_t more : {std::size_t{1}, std::size_t{24}, page_size - 1, page_size, frame_size, 7 * page_size})
        for (const char byte : {'\0', '\x55', '\xff'})
            for (const char* const behind : {"", "-wal"}) {
                if (!is_due()) continue;
                CAPTURE(more);
                CAPTURE(std::string(behind));
                files longer = whole;
                longer[behind] += std::string(more, byte);
                put_files(store, longer);
                const judged found = judge(store, good);
                CHECK((found.right() || found.read == ending::refused));
            }
}
