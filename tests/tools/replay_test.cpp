// `acta replay`: from a store, through a plugin, into a read model.
#include "running.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

using namespace acta::testing_the_command;
using nlohmann::json;
using stream = surroundings::stream;

namespace {

struct stored {
    folder in;
    std::string store = in.path("shops.acta");
    std::string model = in.path("takings.db");
    stored() { make_store(store); }

    ended replay(const std::string& plugin, const words& more = {}, const surroundings& where = {}) const {
        words given{"replay", store, "--plugin", plugin, "--into", model};
        given.insert(given.end(), more.begin(), more.end());
        return run(given, where);
    }
    words takings() const { return rows_of(model, "SELECT shop, cents, sales FROM taking ORDER BY shop"); }
};

/// Refused: nothing on standard output, one sentence with `part`, and no file differs.
void check_refused(const folder& in, const std::map<std::string, std::string>& before, const ended& result, int code,
                   std::string_view part) {
    CAPTURE(result.err);
    CHECK(result.code == code);
    CHECK(result.out.empty());
    CHECK(result.said_one_sentence());
    CHECK(result.err.find(part) != std::string::npos);
    CHECK(in.files() == before);
}

}  // namespace

TEST_CASE_FIXTURE(stored, "replay fills a read model that SQLite can show") {
    const std::string before = bytes_of_file(store);
    const ended result = replay(ACTA_PLUGIN_TAKINGS);
    CAPTURE(result.err);
    CHECK(result.code == 0);
    CHECK(result.err.empty());
    CHECK(result.lines().size() == 1);
    CHECK(result.out.starts_with("takings: 3 events applied in "));
    CHECK(result.out.find("stands at position 7 of 7") != std::string::npos);
    CHECK(takings() == words{"north|263|2", "süd|1000|1"});
    CHECK(bytes_of_file(store) == before);
}

TEST_CASE_FIXTURE(stored, "--to stops at a position, and the next replay goes on from there") {
    json first = replay(ACTA_PLUGIN_TAKINGS, {"--to", "3", "--json"}).json_lines().at(0);
    CHECK(takings() == words{"north|250|1"});
    CHECK(first["seconds"].is_number());
    CHECK(first["events_per_second"].is_number());
    first.erase("seconds"), first.erase("events_per_second");
    CHECK(first == json{{"acta", 1},
                        {"kind", "replay"},
                        {"store", store},
                        {"plugin", ACTA_PLUGIN_TAKINGS},
                        {"projection", "takings"},
                        {"revision", 1},
                        {"read_model", model},
                        {"from", 0},
                        {"position", 3},
                        {"events", 1}});
    const json second = replay(ACTA_PLUGIN_TAKINGS, {"--json"}).json_lines().at(0);
    CHECK(second["from"] == 3);
    CHECK(second["position"] == 7);
    CHECK(second["events"] == 2);
    CHECK(takings() == words{"north|263|2", "süd|1000|1"});
    const json third = replay(ACTA_PLUGIN_TAKINGS, {"--json", "--to", "2"}).json_lines().at(0);
    CHECK(third["events"] == 0);
    CHECK(third["position"] == 7);
}

TEST_CASE_FIXTURE(stored, "of several projections one has to be chosen") {
    const auto before = in.files();
    check_refused(in, before, replay(ACTA_PLUGIN_TWO), 2, "(takings, owners): choose one with --projection");
    check_refused(in, before, replay(ACTA_PLUGIN_TWO, {"--projection", "owner"}), 3, "it has takings, owners");
    const ended result = replay(ACTA_PLUGIN_TWO, {"--projection", "owners"});
    CHECK(result.code == 0);
    CHECK(rows_of(model, "SELECT name, shops FROM owner ORDER BY name") == words{"Ada|2", "Grace|1"});
}

TEST_CASE_FIXTURE(stored, "a read model of another projection, or of another store, stays as it is") {
    REQUIRE(replay(ACTA_PLUGIN_TAKINGS).code == 0);
    const std::string other = in.path("other.acta");
    make_store(other);
    const auto before = in.files();
    check_refused(in, before, replay(ACTA_PLUGIN_TWO, {"--projection", "owners"}), 4, model);
    check_refused(in, before, run({"replay", other, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", model}), 4, model);
}

TEST_CASE_FIXTURE(stored, "what is no plugin for this program is refused, and no read model is made") {
    const std::string text = in.path("text.so"), empty = in.path("empty.so"), cut = in.path("cut.so");
    write_file(text, "this is no library\n");
    write_file(empty, "");
    const std::string whole = bytes_of_file(ACTA_PLUGIN_TAKINGS);
    write_file(cut, std::string_view(whole).substr(0, whole.size() / 2));
    const auto before = in.files();
    check_refused(in, before, replay(in.path("missing.so")), 3, "missing.so");
    check_refused(in, before, replay(in.root().string()), 1, in.root().string());
    for (const std::string& file : {text, empty, cut}) check_refused(in, before, replay(file), 1, file);
    check_refused(in, before, replay(""), 3, "plugin");
    check_refused(in, before, replay(ACTA_PLUGIN_NO_PLUGIN), 1, "acta_projection_plugin");
    check_refused(in, before, replay(ACTA_PLUGIN_OTHER_ABI), 1, "ABI 42");
    check_refused(in, before, replay(ACTA_PLUGIN_OTHER_LAYOUT), 7, "shop.sold");
}

TEST_CASE_FIXTURE(stored, "a projection that throws is named with its event, and what came before it is kept") {
    const std::string before = bytes_of_file(store);
    const ended result = replay(ACTA_PLUGIN_THROWING);
    CAPTURE(result.err);
    CHECK(result.code == 1);
    CHECK(result.out.empty());
    CHECK(result.said_one_sentence());
    for (const char* part : {"superstitious", "shop.sold", "shop-north", "position 4", "thirteen"})
        CHECK(result.err.find(part) != std::string::npos);
    CHECK(rows_of(model, "SELECT shop, sales FROM taking") == words{"north|1"});
    CHECK(bytes_of_file(store) == before);
    CHECK(replay(ACTA_PLUGIN_THROWING).code == 1);  // and again, from there
}

TEST_CASE_FIXTURE(stored, "a read model's path that cannot be used is refused") {
    const std::string text = in.path("notes.txt"), foreign = in.path("foreign.db");
    write_file(text, "my notes\n");
    sqlite3* on = nullptr;
    REQUIRE(sqlite3_open(foreign.c_str(), &on) == SQLITE_OK);
    REQUIRE(sqlite3_exec(on, "CREATE TABLE precious (x)", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(on);
    const auto before = in.files();
    const auto into = [&](const std::string& file) { return run({"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", file}); };
    check_refused(in, before, into(text), 1, text);
    check_refused(in, before, into(foreign), 1, foreign);
    check_refused(in, before, into(store), 1, store);  // the store itself
    check_refused(in, before, into(in.root().string()), 1, in.root().string());
    check_refused(in, before, into(in.path("no/such/folder.db")), 3, "folder.db");
    check_refused(in, before, into(""), 3, "");
}

TEST_CASE_FIXTURE(stored, "a folder or a read model that may not be written is refused") {
    const std::string plugin = in.path("takings.so");  // the folder of the build may be closed to others
    std::filesystem::copy_file(ACTA_PLUGIN_TAKINGS, plugin);
    std::filesystem::permissions(in.root(), std::filesystem::perms(0777));
    model = in.path("models/takings.db");
    std::filesystem::create_directory(in.path("models"));
    const auto before = in.files();
    check_refused(in, before, replay(plugin, {}, {.without_rights = true}), 1, model);
    REQUIRE(replay(plugin).code == 0);
    std::filesystem::permissions(in.path("models"), std::filesystem::perms(0777));
    std::filesystem::permissions(model, std::filesystem::perms(0444));
    const auto then = in.files();
    check_refused(in, then, replay(plugin, {}, {.without_rights = true}), 1, model);
}

TEST_CASE("progress is for a terminal, and gone at the end") {
    const folder in;
    const std::string store = in.path("sales.acta");
    make_large_store(store, 3'000);
    const auto replay_into = [&](const char* name, const surroundings& where) {
        const ended result = run({"replay", store, "--plugin", ACTA_PLUGIN_SLOW, "--into", in.path(name)}, where);
        CHECK(result.code == 0);
        CHECK(result.out.find("3,000 events applied") != std::string::npos);
        return result.err;
    };
    const std::string shown = replay_into("shown.db", {.err = stream::terminal});
    for (const char* part : {"replaying", "of 3,000 events", "/s  ETA "}) CHECK(shown.find(part) != std::string::npos);
    CHECK(shown.ends_with("\r\x1b[K"));
    CHECK(replay_into("quiet.db", {}).empty());
    CHECK(replay_into("dumb.db", {.err = stream::terminal, .variables = {"TERM=dumb"}}).empty());
}

TEST_CASE("a plugin that knows none of a store's events is run, and that is said") {
    const folder in;
    const std::string store = in.path("golden.acta");
    write_file(store, bytes_of_file(ACTA_TESTS_DIR "/golden/format_1.acta"));
    const ended foreign = run({"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", in.path("takings.db")});
    CHECK(foreign.code == 0);
    CHECK(foreign.out.find("0 events applied") != std::string::npos);
    CHECK(foreign.said_one_sentence());
    CHECK(foreign.err.find("has never seen one of them") != std::string::npos);
    make_store(in.path("shops.acta"));
    CHECK(run({"replay", in.path("shops.acta"), "--plugin", ACTA_PLUGIN_TAKINGS, "--into", in.path("other.db")}).err.empty());
}
