// Names of streams and tags by number: read in runs, remembered, checked.
#include "support/campaign.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/names.hpp>
#include <store/schema.hpp>

#include <limits>

using namespace acta;
using namespace acta::detail;
using namespace tests;

namespace {

connection empty_store() {
    connection on(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "", "test");
    make_store(on, command_id::uuid{}, 0);
    return on;
}

void add_stream(const connection& on, std::int64_t id, const std::string& name) {
    statement(on, "INSERT INTO stream (id, name, checksum) VALUES (?, ?, ?)")
        .bind(1, id)
        .bind(2, name)
        .bind(3, stream_row_checksum(id, name))
        .finish();
}

std::string numbered(std::int64_t id) { return "account-" + std::to_string(id); }

}  // namespace

TEST_CASE("every stream is found by its number, in any order, also those made later") {
    const connection on = empty_store();
    stream_names names(on);
    on.run("BEGIN");
    for (std::int64_t id = 1; id <= 300; ++id) add_stream(on, id, numbered(id));
    for (const std::int64_t id : {300, 1, 256, 257, 2, 255, 300}) CHECK(names.at(id) == numbered(id));
    for (std::int64_t id = 301; id <= 2'000; ++id) {
        add_stream(on, id, numbered(id));
        CHECK(names.at(id) == numbered(id));
    }
    for (std::int64_t id = 1; id <= 2'000; ++id) CHECK(names.at(id) == numbered(id));
    on.run("COMMIT");
}

TEST_CASE("more streams than are remembered are found all the same, in order and in none") {
    const connection on = empty_store();
    stream_names names(on);
    constexpr std::int64_t runs = 1'100;
    on.run("BEGIN");
    for (std::int64_t run = 0; run < runs; ++run)
        for (const std::int64_t id : {run * 256 + 1, run * 256 + 2}) add_stream(on, id, numbered(id));
    on.run("COMMIT");
    for (int round = 0; round < 3; ++round)
        for (std::int64_t run = 0; run < runs; ++run)
            for (const std::int64_t id : {run * 256 + 1, run * 256 + 2}) CHECK(names.at(id) == numbered(id));
    campaign of(10'000);
    MESSAGE("seed " << of.seed());
    do {
        const auto number = static_cast<std::int64_t>(std::mt19937_64(of.seed_of_round())() % (2 * runs));
        const std::int64_t id = number / 2 * 256 + number % 2 + 1;
        CHECK(names.at(id) == numbered(id));
    } while (of.next());
    CHECK(thrown_by([&] { (void)names.at(3); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)names.at(3); }).code() == errc::damaged);
}

TEST_CASE("a page of streams that leads to a row before those that are asked for is damage, or the right name is found") {
    const folder here;
    const auto file = here / "bank.acta";
    {
        const connection on(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "", "test");
        make_store(on, command_id::uuid{}, 0);
        on.run("BEGIN");
        for (std::int64_t id = 1; id <= 400; ++id) add_stream(on, id, numbered(id));
        on.run("COMMIT");
    }
    const std::string whole = bytes_of_file(file);
    const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(whole[at])); };
    std::size_t damage = 0;
    for (std::size_t page = 0; page < whole.size(); page += 4'096) {
        if (whole[page] != '\x0d') continue;  // a leaf: two bytes for each row say where on the page its size, its number and its bytes are
        const auto id_at = [&](std::size_t row) {
            const std::size_t at = page + byte(page + 8 + 2 * row) * 256 + byte(page + 9 + 2 * row) + 1;
            return static_cast<std::int64_t>(byte(at) < 128 ? byte(at) : (byte(at) - 128) * 128 + byte(at + 1));
        };
        const std::size_t rows = byte(page + 3) * 256 + byte(page + 4);
        if (rows == 0 || id_at(0) > 256 || id_at(rows - 1) <= 257) continue;
        for (std::size_t row = 1; row < rows; ++row) {
            if (id_at(row) <= 257) continue;
            const std::int64_t id = id_at(row);
            CAPTURE(id);
            std::string wrong = whole;
            wrong.replace(page + 8 + 2 * row, 2, whole.substr(page + 8, 2));
            write_file(file, wrong);
            const connection on(file.string(), SQLITE_OPEN_READONLY, "", "test");
            std::string name;
            const failure why = thrown_by([&] { name = stream_names(on).at(257); });
            if (name.empty()) {
                CHECK(why.code() == errc::damaged);
                ++damage;
            } else {
                CHECK(name == numbered(257));
            }
        }
    }
    CHECK(damage > 0);
}

TEST_CASE("a number without a stream is damage, whatever the number") {
    const connection on = empty_store();
    add_stream(on, 1, "account-ada");
    stream_names names(on);
    for (const std::int64_t id : {std::int64_t{2}, std::int64_t{0}, std::int64_t{-1}, std::int64_t{257}, std::int64_t{1} << 62,
                                  std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max() - 255,
                                  std::numeric_limits<std::int64_t>::min()}) {
        CAPTURE(id);
        const failure why = thrown_by([&] { (void)names.at(id); });
        CHECK(why.code() == errc::damaged);
        CHECK(says(why, std::to_string(id)));
    }
    CHECK(names.at(1) == "account-ada");
}

TEST_CASE("a stream or tag whose row is not what was written is damage") {
    const connection on = empty_store();
    on.run("DROP TRIGGER stream_is_never_renamed; DROP TRIGGER tag_is_never_updated");
    add_stream(on, 1, "account-ada");
    add_stream(on, 2, "account-bob");
    statement(on, "INSERT INTO tag (id, name, checksum) VALUES (1, 'a:b', ?)").bind(1, tag_row_checksum(1, "a:b")).finish();
    CHECK(tag_names(on).at(1) == "a:b");
    on.run("UPDATE stream SET name = 'account-eve' WHERE id = 1");
    CHECK(thrown_by([&] { (void)stream_names(on).at(1); }).code() == errc::damaged);
    on.run("UPDATE stream SET name = 'account-ada' WHERE id = 1");
    CHECK(stream_names(on).at(1) == "account-ada");
    on.run("UPDATE stream SET closed_at = 5 WHERE id = 2");
    CHECK(thrown_by([&] { (void)stream_names(on).at(2); }).code() == errc::damaged);
    on.run("UPDATE tag SET name = 'a:c'");
    CHECK(thrown_by([&] { (void)tag_names(on).at(1); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)tag_names(on).at(2); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)tag_names(on).at(std::numeric_limits<std::uint64_t>::max()); }).code() == errc::damaged);
}

TEST_CASE("a tag stays known, and names are told apart from numbers") {
    const connection on = empty_store();
    on.run("BEGIN");
    for (std::int64_t id = 1; id <= 1'000; ++id) {
        const std::string name = "key:" + std::to_string(id);
        statement(on, "INSERT INTO tag (id, name, checksum) VALUES (?, ?, ?)")
            .bind(1, id)
            .bind(2, name)
            .bind(3, tag_row_checksum(id, name))
            .finish();
    }
    on.run("COMMIT");
    tag_names names(on);
    for (int round = 0; round < 2; ++round)
        for (std::uint64_t id = 1; id <= 1'000; ++id) CHECK(names.at(id) == "key:" + std::to_string(id));
}
