// The file format, proved by an independent reader: read_store.py was written from FORMAT.md alone, and has to see what acta sees.
#include <acta/event/json.hpp>
#include <acta/store/sqlite.hpp>

#include "event/every_type.hpp"
#include "support/temporary.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sys/wait.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

using namespace acta;
using namespace tests;

namespace {

struct answer {
    int exit_code = -1;
    std::vector<std::string> lines{};
    std::string complaint{};
};

/// What the reader says of a file.
answer read_store(const std::filesystem::path& file) {
    const folder out;
    const auto quoted = [](const std::filesystem::path& path) { return " '" + path.string() + "'"; };
    const std::string command = ACTA_PYTHON + quoted(ACTA_TESTS_DIR "/store/read_store.py") + quoted(file) + " >" + quoted(out / "out") +
                                " 2>" + quoted(out / "err");
    answer said;
    const int status = std::system(command.c_str());
    said.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    std::istringstream lines(bytes_of_file(out / "out"));
    for (std::string line; std::getline(lines, line);) said.lines.push_back(line);
    said.complaint = bytes_of_file(out / "err");
    return said;
}

/// What acta itself says of every event, a JSON object each.
std::vector<nlohmann::json> events_of(const acta::log& from) {
    std::vector<nlohmann::json> out;
    envelope about;
    for (const stored_event& event : from.read()) {
        const stored_type& type = from.type(event.type);
        event.fill(about);
        auto& line = out.emplace_back();
        line["position"] = about.position;
        line["version"] = about.version;
        line["stream"] = about.stream.text();
        line["type"] = type.name;
        line["revision"] = type.revision;
        line["recorded_at"] = iso8601(about.recorded_at.time_since_epoch().count());
        line["metadata"] = nlohmann::json::object();
        for (const auto& [key, value] : about.metadata.items()) line["metadata"][key] = nlohmann::json::parse(json_quoted(value));
        line["tags"] = nlohmann::json::array();
        for (const tag& one : about.tags) line["tags"].push_back(one.text());
        line["data"] = nlohmann::json::parse(payload_to_json(layout::from_text(type.layout_text), event.payload));
    }
    return out;
}

void check_same(const answer& said, const std::vector<nlohmann::json>& expected) {
    CHECK(said.complaint == "");
    CHECK(said.exit_code == 0);
    REQUIRE(said.lines.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(said.lines[i]);
        CHECK(nlohmann::json::parse(said.lines[i]) == expected[i]);
    }
}

command_id::uuid uuid_of(int first) {
    command_id::uuid bytes{};
    bytes[0] = static_cast<std::byte>(first);
    return bytes;
}

/// Every type, alone and many in one append; every kind of metadata, shared and own; tags; streams of several names; long appends.
void fill(acta::log& to) {
    std::vector<new_event> all;
    every_type::for_each_sample([&](const auto& sample) { all.emplace_back(sample); });
    REQUIRE(to.append(stream_name("every_type-all"), none, all));

    int number = 0;
    every_type::for_each_sample([&](const auto& sample) {
        const stream_name stream("every_type", "one " + std::to_string(++number % 5) + " \xc3\xa9\xf0\x9f\x99\x82-'\"%?#");
        metadata shared;
        if (number % 2 == 0) shared.with_actor("teller-7").with_correlation(uuid_of(number)).with_causation(uuid_of(number));
        if (number % 3 == 0) shared.with_correlation("a text").with_causation(uuid_of(200)).with_traceparent("00-ab-cd-01");
        if (number % 5 == 0)
            shared.with_occurred_at(timestamp(std::chrono::microseconds(number * 123'456'789'012'345))).with("reason", "fee \xff");
        if (number % 7 == 0) shared.with_occurred_at(timestamp::max()).with("reason", "");
        const auto annotated = sample | with("reason", "own") | tagged("number", std::to_string(number)) | tagged("kind", "sample");
        REQUIRE(to.append(stream, any, {annotated, sample, sample | tagged("kind", "\xc3\xa9:")}, shared));
    });

    const auto points = [](std::size_t count) {
        std::vector<new_event> events;
        for (std::size_t i = 0; i < count; ++i) {
            every_type::numbers event;
            event.u64 = i;
            if (i % 100 == 7) events.emplace_back(event | tagged("hundred", std::to_string(i / 100)));
            else events.emplace_back(event);
        }
        return events;
    };
    for (const std::size_t count : {1U, 255U, 256U, 257U, 1'000U}) REQUIRE(to.append(stream_name("every_type-many"), any, points(count)));
    append_request both;
    both.writes = {{stream_name("every_type-many"), exists, points(3)}, {stream_name("other-1"), none, points(2)}};
    both.metadata.with("batch", "7");
    REQUIRE(to.append(both));
}

/// A store that is closed again, and what acta said of it.
std::vector<nlohmann::json> made_at(const std::filesystem::path& file) {
    sqlite_log log(file);
    fill(log);
    return events_of(log);
}

/// Runs statements as somebody would who switches the triggers off, on a copy of a sound store. Returns what the reader says.
answer after(const std::filesystem::path& sound, const std::string& sql) {
    const folder place;
    const auto copy = place / "copy.acta";
    std::filesystem::copy_file(sound, copy);
    {
        shell db(copy);
        for (std::string name = "?"; !name.empty(); name = db.ask("SELECT name FROM sqlite_schema WHERE type = 'trigger' LIMIT 1"))
            if (name != "?") REQUIRE(db.run("DROP TRIGGER " + name).empty());
        REQUIRE(db.run(sql).empty());
    }
    return read_store(copy);
}

bool says(const answer& said, std::string_view part) { return said.exit_code == 1 && said.complaint.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the independent reader is short") {
    const std::string text = bytes_of_file(ACTA_TESTS_DIR "/store/read_store.py");
    CHECK(std::count(text.begin(), text.end(), '\n') < 200);
}

TEST_CASE("the independent reader sees what acta sees, in a closed store and in one that is open") {
    const folder place;
    const auto file = place / "every type?#%.acta";
    const auto expected = made_at(file);
    REQUIRE(expected.size() > 1'800);
    SUBCASE("closed") { check_same(read_store(file), expected); }
    SUBCASE("open, the newest events only in the write-ahead log") {
        sqlite_log log(file);
        REQUIRE(log.append(stream_name("other-1"), exists, {every_type::words{.text = "in the log"}}));
        REQUIRE(std::filesystem::file_size(file.string() + "-wal") > 0);
        const auto more = events_of(log);
        REQUIRE(more.size() == expected.size() + 1);
        check_same(read_store(file), more);
        REQUIRE(log.append(stream_name("other-1"), exists, {every_type::words{.text = "after the reader"}}));
    }
    SUBCASE("and it leaves the store as good as it was") {
        read_store(file);
        sqlite_log log(file);
        CHECK(events_of(log) == expected);
        CHECK(log.append(stream_name("other-1"), exists, {every_type::words{.text = "on it goes"}}));
    }
}

TEST_CASE("an empty store is read as nothing") {
    const folder place;
    { const sqlite_log log(place / "empty.acta"); }
    check_same(read_store(place / "empty.acta"), {});
}

TEST_CASE("the independent reader complains of every byte of an entry that was changed") {
    const folder place;
    made_at(place / "sound.acta");
    const std::string entry =
        "WHERE last_position = (SELECT last_position FROM entry WHERE length(data) < 700 ORDER BY length(data) DESC LIMIT 1)";
    std::size_t size = 0;
    {
        shell db(place / "sound.acta");
        size = std::stoul(db.ask("SELECT length(data) FROM entry " + entry));
    }
    REQUIRE(size > 300);
    for (std::size_t at = 1; at <= size; at += at < 24 || at + 8 >= size ? 1 : 29) {
        const std::string i = std::to_string(at), before = std::to_string(at - 1), behind = std::to_string(at + 1);
        const answer said =
            after(place / "sound.acta", "UPDATE entry SET data = CAST(substr(data, 1, " + before + ") || iif(substr(data, " + i +
                                            ", 1) = x'41', x'42', x'41') || substr(data, " + behind + ") AS BLOB) " + entry);
        CAPTURE(at);
        CHECK(says(said, "the entry at position"));
        CHECK(says(said, "its checksum does not fit"));
    }
}

TEST_CASE("the independent reader complains of whatever else was changed") {
    const folder place;
    const auto sound = place / "sound.acta";
    made_at(sound);
    REQUIRE(after(sound, "SELECT 1").exit_code == 0);
    const auto complains = [&](const std::string& sql, std::string_view of) {
        const answer said = after(sound, sql);
        CAPTURE(sql);
        CAPTURE(said.complaint);
        CHECK(says(said, of));
    };
    const std::string first = " WHERE last_position = (SELECT min(last_position) FROM entry)";
    complains("UPDATE entry SET recorded_at = recorded_at + 1" + first, "its checksum does not fit");
    complains("UPDATE entry SET last_version = last_version + 1000000" + first, "its checksum does not fit");
    complains("UPDATE entry SET last_position = 0" + first, "the entry at position 0: its checksum does not fit");
    complains("UPDATE entry SET stream = 99" + first, "there is no stream 99");
    complains("UPDATE entry SET stream = 2" + first, "its checksum does not fit");
    complains("UPDATE entry SET data = x''" + first, "the bytes end too early");
    complains("UPDATE entry SET data = substr(data, 1, length(data) - 1)" + first, "its checksum does not fit");
    complains("DELETE FROM entry" + first, "the entry before it ends at position 0");
    complains("DELETE FROM entry WHERE last_position = (SELECT max(last_position) FROM entry WHERE stream = 1)", "ends at position");
    complains("UPDATE stream SET name = 'every_type-other' WHERE id = 1", "a row of stream");
    complains("UPDATE stream SET closed_at = 1 WHERE id = 1", "a row of stream");
    complains("UPDATE tag SET name = 'kind:other' WHERE id = 1", "a row of tag");
    complains("UPDATE event_type SET revision = 9 WHERE id = 1", "a row of event_type");
    complains("UPDATE event_type SET layout = replace(layout, 'flag', 'flog') WHERE id = 1", "a row of event_type");
    complains("DELETE FROM event_type WHERE id = 1", "the catalogue has a gap");
    complains("UPDATE store SET value = x'00112233445566778899aabbccddeeff' WHERE key = 'uuid'", "a row of store");
    complains("UPDATE store SET checksum = checksum + 1 WHERE key = 'format'", "a row of store");
    complains("DELETE FROM entry_tag WHERE tag = 1", "entry_tag does not fit the tags of the events");
    complains("INSERT INTO entry_tag (tag, last_position) VALUES (1, 1000000)", "entry_tag does not fit the tags of the events");
    complains("PRAGMA application_id = 7", "it is not an acta store");
    complains("PRAGMA user_version = 2", "its format is not 1");
}

TEST_CASE("the independent reader complains of a file that is cut, changed, missing or something else") {
    const folder place;
    const auto sound = place / "sound.acta";
    made_at(sound);
    const std::string bytes = bytes_of_file(sound);
    const auto complains = [&](std::string_view content) {
        write_file(place / "other.acta", content);
        const answer said = read_store(place / "other.acta");
        CHECK(said.exit_code == 1);
        CHECK(said.complaint.find("other.acta: ") != std::string::npos);
        CHECK(said.complaint.find("Traceback") == std::string::npos);
    };
    complains("this is no database at all");
    complains(std::string_view(bytes).substr(0, bytes.size() / 2));
    complains(std::string_view(bytes).substr(0, 4096));
    for (std::size_t at = bytes.find("sesame"); at != std::string::npos; at = bytes.find("sesame", at + 1)) {
        std::string changed = bytes;
        changed[at] = 'S';
        complains(changed);
    }
    CHECK(says(read_store(place / "missing.acta"), "unable to open database file"));
    CHECK_FALSE(std::filesystem::exists(place / "missing.acta"));
}
