// Files that are no sound store: each gets one sentence and its exit code, and keeps its bytes.
#include "running.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

using namespace acta::testing_the_command;

namespace {

struct stored {
    folder in;
    std::string store = in.path("shops.acta");
    stored() { make_store(store); }

    std::vector<words> every_verb(const std::string& file) const {
        return {{"info", file},
                {"info", file, "--json"},
                {"events", file},
                {"events", file, "--json", "--backward"},
                {"events", file, "--stream", "shop-north"},
                {"streams", file},
                {"verify", file},
                {"replay", file, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", in.path("takings.db")}};
    }

    /// Every verb refuses the file with this code and a sentence that names it and holds `part`; nothing changes on disk.
    void check_refused(const std::string& file, int code, std::string_view part, const surroundings& where = {}) const {
        const auto before = in.files();
        for (const words& given : every_verb(file)) {
            const ended result = run(given, where);
            CAPTURE(given);
            CAPTURE(result.err);
            CHECK(result.code == code);
            CHECK(result.out.empty());
            CHECK(result.said_one_sentence());
            CHECK(result.err.find(part) != std::string::npos);
            CHECK(result.err.find(std::filesystem::path(file).filename().string()) != std::string::npos);
            CHECK(in.files() == before);
        }
    }
};

void change(const std::string& file, std::size_t at, char value) {
    std::string bytes = bytes_of_file(file);
    REQUIRE(at < bytes.size());
    bytes[at] = value;
    write_file(file, bytes);
}

}  // namespace

TEST_CASE_FIXTURE(stored, "a store that is not there is not made") {
    check_refused(in.path("missing.acta"), 3, "is not there");
    check_refused(in.path("no/such/folder.acta"), 3, "directory");
}

TEST_CASE_FIXTURE(stored, "a directory, a device and a link are no stores") {
    check_refused(in.root().string(), 1, "is a directory");
    for (const words& given : every_verb("/dev/null")) CHECK(run(given).code == 1);
    std::filesystem::create_symlink(store, in.path("link.acta"));
    check_refused(in.path("link.acta"), 1, "symbolic link");
}

TEST_CASE_FIXTURE(stored, "an empty file and a text are no stores") {
    write_file(in.path("empty.acta"), "");
    check_refused(in.path("empty.acta"), 1, "is not an acta store");
    write_file(in.path("text.acta"), std::string(5'000, 'x'));
    check_refused(in.path("text.acta"), 1, "is not an acta store");
    write_file(in.path("short.acta"), bytes_of_file(store).substr(0, 50));
    check_refused(in.path("short.acta"), 1, "is not an acta store");
}

TEST_CASE_FIXTURE(stored, "another program's SQLite file is no store") {
    sqlite3* on = nullptr;
    REQUIRE(sqlite3_open(in.path("foreign.acta").c_str(), &on) == SQLITE_OK);
    REQUIRE(sqlite3_exec(on, "CREATE TABLE entry (x); INSERT INTO entry VALUES (1)", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(on);
    check_refused(in.path("foreign.acta"), 1, "another program's SQLite file");
}

TEST_CASE_FIXTURE(stored, "a read model is no store, and is called what it is") {
    REQUIRE(run({"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", in.path("takings.db")}).code == 0);
    const ended result = run({"verify", in.path("takings.db")});
    CHECK(result.code == 1);
    CHECK(result.err.find("takings.db is not an acta store (it is acta's, but of the other kind") != std::string::npos);
}

TEST_CASE_FIXTURE(stored, "a store of a newer format is refused by number") {
    change(store, 63, 9);  // user_version, big-endian, at byte 60
    check_refused(store, 1, "format 9");
}

TEST_CASE_FIXTURE(stored, "a store that is cut short is damaged") {
    const std::string whole = bytes_of_file(store);
    for (const std::size_t size : {whole.size() - 1, whole.size() - 4096, whole.size() / 2, std::size_t{4096}, std::size_t{100}}) {
        write_file(store, std::string_view(whole).substr(0, size));
        check_refused(store, 5, "cut short or damaged");
    }
}

TEST_CASE_FIXTURE(stored, "a store whose first bytes are damaged was a store") {
    change(store, 3, 'x');
    check_refused(store, 5, "its first bytes are damaged");
}

TEST_CASE_FIXTURE(stored, "what a shell has added to a store is named, and the store is whole again when it is dropped") {
    const auto shell = [this](const char* sql) {
        sqlite3* on = nullptr;
        REQUIRE(sqlite3_open(store.c_str(), &on) == SQLITE_OK);
        REQUIRE(sqlite3_exec(on, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(on);
    };
    shell("ANALYZE");
    check_refused(store, 5, "(table \"sqlite_stat1\"): somebody changed them, by ANALYZE; DROP TABLE it");
    shell("DROP TABLE sqlite_stat1; CREATE TABLE notes (x)");
    check_refused(store, 5, "(table \"notes\"): somebody changed them, drop what was added");
    shell("DROP TABLE notes");
    CHECK(run({"verify", store}).code == 0);
}

TEST_CASE_FIXTURE(stored, "a flipped bit in a stored event is found, and the right lines before it stand") {
    const std::string whole = bytes_of_file(store);
    const auto at = whole.find("tea");  // in the payload of position 3
    REQUIRE(at != std::string::npos);
    change(store, at, 'T');
    const auto before = in.files();
    const ended result = run({"events", store});
    CAPTURE(result.err);
    CHECK(result.code == 5);
    CHECK(result.said_one_sentence());
    CHECK(result.err.find("position 4") != std::string::npos);  // where its entry ends
    CHECK(result.out.find("Tea") == std::string::npos);
    CHECK(in.files() == before);
    CHECK(run({"events", store, "--stream", "shop-süd"}).code == 0);  // the others are still to be had
    const ended replayed = run({"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", in.path("takings.db")});
    CHECK(replayed.code == 5);
    CHECK(replayed.said_one_sentence());
}

TEST_CASE_FIXTURE(stored, "whatever bit of the entries is flipped, the answer is right or a sentence") {
    const std::string whole = bytes_of_file(store);
    const std::vector<words> questions{{"events", store, "--json"}, {"streams", store, "--json"}, {"info", store, "--json"}};
    std::vector<std::string> good;
    for (const words& question : questions) good.push_back(run(question).out);
    // SQLite fills a page from its end, so the newest entry stands first.
    const auto begin = whole.find("sold out") - 100, end = whole.find("teller-7") + 100;
    REQUIRE(begin < end);
    std::size_t complaints = 0;
    for (std::size_t at = begin; at < end; at += 7) {
        write_file(store, whole);
        change(store, at, static_cast<char>(whole[at] ^ (1 << at % 8)));
        const auto before = in.files();
        for (std::size_t i = 0; i < questions.size(); ++i) {
            const ended result = run(questions[i]);
            CAPTURE(at);
            CAPTURE(result.err);
            if (result.code == 0) {
                CHECK(result.out == good[i]);
                continue;
            }
            ++complaints;
            CHECK(result.code == 5);
            CHECK(good[i].starts_with(result.out));
            CHECK(result.said_one_sentence());
        }
        CHECK(in.files() == before);
    }
    CHECK(complaints > (end - begin) / 7);
}

TEST_CASE_FIXTURE(stored, "a store that may not be written is read, where its folder may be") {
    const std::string good = run({"events", store}).out;
    std::filesystem::permissions(store, std::filesystem::perms(0444));
    std::filesystem::permissions(in.root(), std::filesystem::perms(0777));
    const auto before = in.files();
    const ended result = run({"events", store}, {.without_rights = true});
    CAPTURE(result.err);
    CHECK(result.code == 0);
    CHECK(result.out == good);
    CHECK(result.err.empty());
    CHECK(in.files() == before);
}

TEST_CASE_FIXTURE(stored, "a store in a folder that may not be written is read, or refused in a sentence") {
    const std::string copy = in.path("copy.acta");
    std::filesystem::copy_file(store, copy);
    const std::string good = run({"events", copy}).out;
    for (const auto rights : {0644U, 0444U}) {
        std::filesystem::permissions(store, std::filesystem::perms(rights));
        const auto before = in.files();
        const ended result = run({"events", store}, {.without_rights = true});
        CAPTURE(result.err);
        if (result.code == 0) {
            CHECK(result.out == good);
        } else {
            CHECK(result.code == 1);
            CHECK(result.out.empty());
            CHECK(result.said_one_sentence());
            CHECK(result.err.find(store) != std::string::npos);
        }
        CHECK(in.files() == before);
    }
}

TEST_CASE_FIXTURE(stored, "what may not even be read is refused") {
    std::filesystem::permissions(store, std::filesystem::perms(0000));
    const ended result = run({"info", store}, {.without_rights = true});
    std::filesystem::permissions(store, std::filesystem::perms(0644));
    CAPTURE(result.err);
    CHECK(result.code == 1);
    CHECK(result.said_one_sentence());
    CHECK(result.err.find("may not be read") != std::string::npos);
}
