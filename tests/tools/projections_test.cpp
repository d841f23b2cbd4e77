// `acta projections`: status and rebuild of the read models of a store.
#include <acta/store/sqlite.hpp>
#include <acta/replay/plugins.hpp>
#include <acta/replay/runner.hpp>

#include "running.hpp"
#include "shop.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace acta::testing_the_command;
using nlohmann::json;
using stream = surroundings::stream;

namespace {

struct stored {
    folder in;
    std::string store = in.path("shops.acta");
    std::string model = in.path("shops.acta.models/takings.db");
    stored() {
        make_store(store);
        std::filesystem::create_directory(in.path("shops.acta.models"));
    }
    void replay() const { REQUIRE(run({"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", model}).code == 0); }
    ended status(const words& more = {}) const { return projections("status", more); }
    ended rebuild(const words& more = {}) const {
        words all{"--plugin", ACTA_PLUGIN_TAKINGS};
        all.insert(all.end(), more.begin(), more.end());
        return projections("rebuild", all);
    }
    ended projections(const char* action, const words& more, const surroundings& where = {}) const {
        words given{"projections", action, store};
        given.insert(given.end(), more.begin(), more.end());
        return run(given, where);
    }
    words takings() const { return rows_of(model, "SELECT shop, cents, sales FROM taking ORDER BY shop"); }
    void spoil() const {
        REQUIRE(run_shell("sqlite3 " + model +
                          " \"UPDATE taking SET cents = 1 WHERE shop = 'north'; DELETE FROM taking WHERE "
                          "shop LIKE 's%'; INSERT INTO taking VALUES ('west', 7, 1)\"")
                    .code == 0);
    }
};

}  // namespace

TEST_CASE_FIXTURE(stored, "status tells a projection that never started from one that stands at 0, and how far each is behind") {
    CHECK(status().out.empty());
    CHECK(status().err == "acta: there is no read model in " + store + ".models; --read-model FILE names one that is elsewhere\n");
    CHECK(status({"--read-model", in.path("nowhere.db")}).code == 3);
    CHECK(status({"--plugin", ACTA_PLUGIN_TAKINGS}).out.starts_with("takings     never started"));
    const json never = status({"--plugin", ACTA_PLUGIN_TAKINGS, "--json"}).json_lines().at(0);
    CHECK(never["position"].is_null());
    CHECK(never["lag_events"] == 7);
    {
        const acta::sqlite_log log(store, {.read_only = true});
        const acta::plugin library(ACTA_PLUGIN_TAKINGS);
        acta::runner at_zero(log, model, library.projection());
        CHECK(status().out.find("takings     7 events behind") == 0);
        CHECK(status().out.find("run by process " + std::to_string(::getpid())) != std::string::npos);
    }
    const json zero = status({"--json"}).json_lines().at(0);
    CHECK(zero["position"] == 0);
    CHECK(zero["holder"].is_null());
    CHECK(zero["lag_seconds"].get<double>() > 0);
    replay();
    json done = status({"--json"}).json_lines().at(0);
    CHECK(done["events_per_second"].is_number());
    done.erase("events_per_second");
    CHECK(done == json{{"acta", 1},
                       {"kind", "projection"},
                       {"store", store},
                       {"read_model", model},
                       {"projections", {{{"name", "takings"}, {"revision", 1}}}},
                       {"position", 7},
                       {"generation", 1},
                       {"head", 7},
                       {"lag_events", 0},
                       {"lag_seconds", 0},
                       {"dead_letters", 0},
                       {"last_error", nullptr},
                       {"last_error_at", nullptr},
                       {"rebuilding", nullptr},
                       {"holder", nullptr},
                       {"problem", nullptr}});
    CHECK(status().out.starts_with("takings     up to date     position 7 of 7"));
}

TEST_CASE_FIXTURE(stored, "status names a read model that is ahead of its store, and one of another history") {
    replay();
    std::filesystem::remove(store);
    std::filesystem::rename(in.path("shops.acta.models"), in.path("kept"));
    make_store(store);
    std::filesystem::rename(in.path("kept"), in.path("shops.acta.models"));
    const json found = status({"--json"}).json_lines().at(0);
    CHECK(found["problem"].get<std::string>().find("another store") != std::string::npos);
    CHECK(status().out.find("of another history") != std::string::npos);
}

TEST_CASE_FIXTURE(stored, "rebuild puts back rows that were spoiled, and keeps one file") {
    replay();
    const words good = takings();
    spoil();
    const ended result = rebuild({"--yes", "--json"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    json told = result.json_lines().at(0);
    told.erase("seconds");
    CHECK(told == json{{"acta", 1},
                       {"kind", "rebuild"},
                       {"store", store},
                       {"read_model", model},
                       {"replaced", true},
                       {"position", 7},
                       {"generation", 2},
                       {"events", 3},
                       {"dead_letters", 0}});
    CHECK(takings() == good);
    CHECK_FALSE(std::filesystem::exists(model + ".rebuild"));
    CHECK(rebuild({"--yes"}).out.find("generation 3") != std::string::npos);
}

TEST_CASE_FIXTURE(stored, "a projection that never started is built by a rebuild, too") {
    std::filesystem::remove(in.path("shops.acta.models"));
    CHECK(rebuild({"--yes"}).out.find("rebuilt from 3 events") != std::string::npos);
    CHECK(takings() == words{"north|263|2", "süd|1000|1"});
}

TEST_CASE_FIXTURE(stored, "--diff shows what would change, and --dry-run changes nothing") {
    replay();
    CHECK(rebuild({"--diff", "--dry-run"}).out.find("the same as the live ones") != std::string::npos);
    spoil();
    const auto before = in.files();
    const ended shown = rebuild({"--diff", "--dry-run"});
    CAPTURE(shown.out);
    CHECK(shown.code == 0);
    CHECK(shown.out.find("taking: 1 rows added, 1 changed, 1 removed\n") != std::string::npos);
    CHECK(shown.out.find("  + {\"shop\":\"süd\",\"cents\":1000,\"sales\":1}\n") != std::string::npos);
    CHECK(shown.out.find("  - {\"shop\":\"west\",\"cents\":7,\"sales\":1}\n") != std::string::npos);
    CHECK(shown.out.find("nothing was changed") != std::string::npos);
    const auto lines = rebuild({"--diff", "--dry-run", "--json"}).json_lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0]["kind"] == "difference");
    CHECK(lines[0]["samples"].size() == 3);
    CHECK(lines[0]["samples"][2] ==
          json{{"before", {{"shop", "north"}, {"cents", 1}, {"sales", 2}}}, {"after", {{"shop", "north"}, {"cents", 263}, {"sales", 2}}}});
    CHECK(lines[1]["replaced"] == false);
    CHECK(in.files() == before);
}

TEST_CASE_FIXTURE(stored, "a rebuild wants to be allowed, and its arguments are checked") {
    replay();
    const auto refused = [&](const ended& result, int code, std::string_view part) {
        CAPTURE(result.err);
        CHECK(result.code == code);
        CHECK(result.said_one_sentence());
        CHECK(result.err.find(part) != std::string::npos);
    };
    const auto before = in.files();
    refused(run_shell("$acta projections rebuild " + store + " --plugin " ACTA_PLUGIN_TAKINGS " </dev/null"), 2, "--yes");
    refused(projections("rebuild", {"--yes"}), 2, "--plugin");
    refused(projections("status", {"--diff"}), 2, "belong to rebuild");
    refused(projections("statsu", {}), 2, "did you mean \"status\"?");
    refused(projections("rebuild", {"--yes", "--plugin", ACTA_PLUGIN_TWO}), 2, "choose one with --projection");
    refused(projections("rebuild", {"--yes", "--plugin", ACTA_PLUGIN_TAKINGS, "--read-model", store}), 1, "is an acta store");
    refused(projections("rebuild", {"--yes", "--plugin", ACTA_PLUGIN_TWO, "--projection", "owners", "--read-model", in.path("no/such.db")}),
            3, "such.db");
    CHECK(in.files() == before);
}

TEST_CASE_FIXTURE(stored, "a rebuild that is not confirmed on a terminal leaves everything as it was") {
    replay();
    spoil();
    const auto before = in.files();
    const ended asked =
        run_shell("echo n | script -qec \"$acta projections rebuild " + store + " --plugin " ACTA_PLUGIN_TAKINGS "\" /dev/null");
    CHECK(asked.out.find("[y/N]") != std::string::npos);
    CHECK(in.files() == before);
    const ended agreed =
        run_shell("echo y | script -qec \"$acta projections rebuild " + store + " --plugin " ACTA_PLUGIN_TAKINGS "\" /dev/null");
    CHECK(agreed.out.find("rebuilt from 3 events") != std::string::npos);
}

TEST_CASE_FIXTURE(stored, "a rebuild beside a program that runs the projection: the program goes on with the new rows") {
    replay();
    const words good = takings();
    spoil();
    acta::sqlite_log log(store);
    const acta::plugin library(ACTA_PLUGIN_TAKINGS);
    acta::runner live(log, model, library.projection());
    live.catch_up();
    REQUIRE(rebuild({"--yes"}).code == 0);
    CHECK(takings() == good);
    REQUIRE(log.append(acta::stream_name("shop-west"), acta::any, {shop::sold{5, {}, std::nullopt}}));
    live.catch_up();
    CHECK(takings() == words{good[0], good[1], "west|5|1"});
}
