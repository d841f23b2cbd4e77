// An application as its user sees it: commands, read models, reactions, hooks, status, and what it says of mistakes.
#include "support_application.hpp"
#include "support_threads.hpp"

#include <sys/resource.h>
#include <fstream>
#include <system_error>

using namespace bank;

namespace later {

/// The balances of a later program: in euros.
struct balances {
    static constexpr acta::projection_type projection{"balances", 2};
    using consumes = acta::events<deposited>;
    acta::table<balance, &balance::account_id> rows{"balance"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<deposited>& e) { rows[e.stream().id()].cents += e->cents / 100; }
};

}  // namespace later

TEST_CASE("what a command led to is read back from the projection that it waits for") {
    const tests::folder dir;
    acta::application app(dir / "bank.acta");
    app.handle<account_commands>().project<balances>().start();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    for (int i = 1; i <= 50; ++i) {
        const acta::outcome done = app.send(deposit{"ada", 10});
        REQUIRE(done);
        REQUIRE(app.read<balances>(done)->rows.find("ada")->cents == i * 10);
    }
    CHECK(app.load<account>("ada")->state.balance == 500);
    CHECK(app.stop().empty());
    CHECK(std::filesystem::exists(dir / "bank.acta.models/balances.db"));
    CHECK(app.send(deposit{"ada", 1}));  // commands go on
    CHECK(app.read<balances>()->rows.find("ada")->cents == 500);
    CHECK(app.wait_for<balances>(app.log().head()).ended == acta::waited::how::stopped);
}

TEST_CASE("an application that ends leaves one file for the store and one for each read model") {
    for (int round = 0; round < 20; ++round) {
        const tests::folder dir;
        {
            acta::application app(dir / "bank.acta");
            app.handle<account_commands>().project<balances>().project<owners>().start();
            const acta::outcome done = app.send(open_account{"ada", "Ada"});
            REQUIRE((app.wait_for<balances>(done) && app.wait_for<owners>(done)));
        }
        std::string left;
        for (const auto& each : std::filesystem::directory_iterator(dir / "bank.acta.models")) left += each.path().extension().string();
        REQUIRE(left == ".db.db");
    }
}

TEST_CASE("a store in memory has its read models in a folder that goes with it") {
    std::filesystem::path models;
    {
        acta::application app(":memory:");
        app.handle<account_commands>().project<balances>().start();
        REQUIRE(app.send(open_account{"ada", "Ada"}));
        CHECK(app.read<balances>(app.send(deposit{"ada", 7}))->rows.find("ada")->cents == 7);
        models = app.status().lanes.front().model.file.parent_path();
        CHECK(std::filesystem::exists(models));
    }
    CHECK_FALSE(std::filesystem::exists(models));
}

TEST_CASE("a reaction begins now, goes on where it was, and is told apart from projections") {
    const tests::folder dir;
    const auto out = std::make_shared<notebook>(), all = std::make_shared<notebook>();
    {
        acta::application app(dir / "bank.acta");
        app.handle<account_commands>();
        REQUIRE(app.send(open_account{"ada", "Ada"}));
        REQUIRE(app.send(deposit{"ada", 1}));
    }
    for (const std::int64_t cents : {2, 3}) {
        acta::application app(dir / "bank.acta");
        app.handle<account_commands>().project<balances>().react(receipts{out}).start();
        REQUIRE(app.send(deposit{"ada", cents}));
        REQUIRE(eventually([&] { return out->has("ada " + std::to_string(cents)); }));
        CHECK(app.status().lanes[1].is_reaction);
        CHECK_FALSE(app.status().lanes[0].is_reaction);
        CHECK(app.stop().empty());
    }
    CHECK(out->lines() == std::vector<std::string>{"ada 2", "ada 3"});
    std::filesystem::remove(dir / "bank.acta.models/receipts.db");
    acta::application app(dir / "bank.acta");
    app.react(receipts{all}, acta::react_from::beginning).start();
    CHECK(eventually([&] { return all->lines().size() == 3; }));
}

TEST_CASE("what is sent right after the start is a reaction's business, however late it gets its turn") {
    const tests::folder dir;
    const auto out = std::make_shared<notebook>();
    hanging::shut = true;
    acta::application app(dir / "bank.acta", {.pool = acta::workers({.threads = 1, .patience = 10s})});
    app.handle<account_commands>();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    REQUIRE(app.send(deposit{"ada", 1}));
    app.project<hanging>().react(receipts{out}).start();
    REQUIRE(app.send(deposit{"ada", 2}));
    hanging::shut = false;
    CHECK(eventually([&] { return !out->lines().empty(); }));
    CHECK(out->lines() == std::vector<std::string>{"ada 2"});
}

TEST_CASE("a start that fails leaves nothing running, and can be tried again") {
    const tests::folder dir;
    acta::application app(dir / "bank.acta");
    app.handle<account_commands>().project<balances>();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    {
        const no_more_threads starved;
        CHECK_THROWS_AS(app.start(), std::system_error);
    }
    std::this_thread::sleep_for(50ms);
    CHECK_FALSE(std::filesystem::exists(dir / "bank.acta.models/balances.db"));
    app.start();
    CHECK(app.read<balances>(app.send(deposit{"ada", 7}))->rows.find("ada")->cents == 7);
}

TEST_CASE("status tells of a read model that is damaged, and of all the others") {
    const tests::folder dir;
    acta::application app(dir / "bank.acta");
    app.handle<account_commands>().project<balances>().project<owners>();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    std::filesystem::create_directories(dir / "bank.acta.models");
    std::ofstream(dir / "bank.acta.models/balances.db") << std::string(4'096, 'x');
    app.start();
    CHECK(app.wait_for<owners>(app.log().head()));
    const acta::application_status now = app.status();
    REQUIRE(now.lanes.size() == 2);
    REQUIRE(now.lanes[0].model.problem);
    CHECK(has(*now.lanes[0].model.problem, "balances.db"));
    CHECK(now.lanes[1].model.checkpoint);
}

TEST_CASE("a reaction that fails keeps its stream's order, and goes on when its letter is retried or discarded") {
    const tests::folder dir;
    const auto out = std::make_shared<notebook>();
    const auto no_ink = std::make_shared<std::atomic<bool>>(true);
    acta::application_options how;
    how.projections.run.attempts = 2;
    how.projections.run.back_off = 1ms;
    acta::application app(dir / "bank.acta", how);
    app.handle<account_commands>().react(receipts{out, no_ink}, acta::react_from::beginning).start();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    REQUIRE(app.send(open_account{"bob", "Bob"}));
    const std::vector<deposit> all{{"ada", 1}, {"ada", 13}, {"ada", 2}, {"bob", 3}};
    for (const acta::outcome& done : app.send_all(all)) REQUIRE(done);
    CHECK(eventually([&] { return out->has("bob 3") && app.status().lanes[0].model.dead_letters == 1; }));
    CHECK(app.wait_for<receipts>(app.log().head()));
    CHECK(out->lines() == std::vector<std::string>{"ada 1", "bob 3"});
    const auto file = app.status().lanes[0].model.file;
    REQUIRE(acta::dead_letters(file).size() == 1);
    CHECK(has(sentence_of([&] { (void)app.retry(acta::dead_letters(file).front()); }), "no ink"));
    *no_ink = false;
    CHECK(app.retry(acta::dead_letters(file).front()) == 2);
    CHECK(out->lines() == std::vector<std::string>{"ada 1", "bob 3", "ada 13", "ada 2"});
    CHECK(acta::dead_letters(file).empty());
    *no_ink = true;
    const acta::outcome bad = app.send(deposit{"ada", 13});
    CHECK(eventually([&] { return app.wait_for<receipts>(bad).ended == acta::waited::how::parked; }));
    app.discard(acta::dead_letters(file).front());
    REQUIRE(app.send(deposit{"ada", 4}));
    CHECK(eventually([&] { return out->has("ada 4"); }));
    CHECK_FALSE(out->has("ada 13 "));
}

TEST_CASE("a hook may complete, refuse and see every command") {
    static constexpr acta::refusal not_allowed{"bank.not_allowed", "only tellers may do that"};
    acta::application app(":memory:");
    std::string seen;
    app.handle<account_commands>()
        .around([&](acta::command_call& call, const std::function<acta::outcome()>& go_on) {
            seen += "(" + std::string(call.name);
            const acta::outcome done = go_on();
            seen += ")";
            return done;
        })
        .around([&](acta::command_call& call, const std::function<acta::outcome()>& go_on) {
            if (const auto* asked = call.as<withdraw>(); asked && asked->cents > 50)
                return acta::outcome::when_refused({}, 0, 0, not_allowed);
            call.options.actor = "teller-7";
            return go_on();
        });
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    REQUIRE(app.send(deposit{"ada", 100}));
    CHECK(app.send(withdraw{"ada", 60}).refusal() == not_allowed);
    CHECK(app.send(withdraw{"ada", 40}));
    CHECK(seen == "(account.open)(account.deposit)(account.withdraw)(account.withdraw)");
    for (const acta::stored_event& event : app.log().read()) {
        acta::envelope about;
        event.fill(about);
        CHECK(about.metadata.actor() == "teller-7");
    }
    const std::vector<std::variant<deposit, withdraw>> many{deposit{"ada", 5}, withdraw{"ada", 51}};
    const auto answers = app.send_all(many);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0]);
    CHECK(answers[1].refusal() == not_allowed);
    const std::vector<acta::identified<deposit>> twice{{{"ada", 1}, "line-1"}, {{"ada", 1}, "line-1"}};
    CHECK(app.send_all(twice).back().already_done());
}

TEST_CASE("a projection of another revision is rebuilt when it starts, or refused with a sentence, as the policy says") {
    const tests::folder dir;
    {
        acta::application app(dir / "bank.acta");
        app.handle<account_commands>().project<balances>().start();
        REQUIRE(app.send(open_account{"ada", "Ada"}));
        CHECK(app.read<balances>(app.send(deposit{"ada", 500}))->rows.find("ada")->cents == 500);
    }
    {
        acta::application_options how;
        how.projections.rebuild_when_outdated = false;
        acta::application app(dir / "bank.acta", how);
        app.project<later::balances>().start();
        const acta::waited ended = app.wait_for<later::balances>(acta::position{2});
        CHECK(ended.ended == acta::waited::how::stopped);
        CHECK(has(ended.why, "revision"));
    }
    acta::application app(dir / "bank.acta");
    std::atomic<bool> told{false};
    const auto rebuilding = app.on_rebuild([&](const acta::rebuild_report& about) { told = about.name == "balances"; });
    app.project<later::balances>().start();
    CHECK(app.read<later::balances>(acta::position{2})->rows.find("ada")->cents == 5);
    CHECK(eventually([&] { return told.load(); }));
}

TEST_CASE("projections that share a read model are joined in it") {
    const tests::folder dir;
    acta::application app(dir / "bank.acta");
    app.handle<account_commands>().project<balances, owners>("accounts").start();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    const acta::outcome done = app.send(deposit{"ada", 70});
    CHECK(app.read<owners>(done)->rows.find("ada")->name == "Ada");
    CHECK(app.read<balances>(done)->rows.find("ada")->cents == 70);
    CHECK(app.status().lanes.size() == 1);
    CHECK(app.status().lanes[0].model.projections.size() == 2);
    CHECK(app.stop().empty());
    CHECK(tests::shell(dir / "bank.acta.models/accounts.db").ask("SELECT name || cents FROM balance JOIN owner USING (account_id)") ==
          "Ada70");
}

TEST_CASE("two hundred projections follow one store within the files that a shell lets a program open") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit usual = before;
    usual.rlim_cur = std::min<rlim_t>(1'024, before.rlim_max);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
    {
        const tests::folder dir;
        acta::application app(dir / "bank.acta");
        app.handle<account_commands>().load_plugin(ACTA_TEST_MANY).project<balances>().start();
        REQUIRE(app.send(open_account{"ada", "Ada"}));
        const acta::outcome done = app.send(deposit{"ada", 70});
        CHECK(app.read<balances>(done)->rows.find("ada")->cents == 70);
        const auto caught_up = [&] {
            const auto now = app.status();
            return std::all_of(now.lanes.begin(), now.lanes.end(), [&](const auto& each) { return each.now.position == now.head; });
        };
        CHECK(eventually(caught_up));
        const auto now = app.status();
        CHECK(now.lanes.size() == 201);
        for (const auto& each : now.lanes) CHECK_FALSE_MESSAGE(each.now.last_error.has_value(), each.name);
        CHECK(app.stop(30s).empty());
        CHECK(tests::shell(dir / "bank.acta.models/many-199.db").ask("SELECT deposits FROM deposit_count") == "1");
    }
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}

TEST_CASE("mistakes have their sentences") {
    const tests::folder dir;
    acta::application app(dir / "bank.acta", {.patience = 50ms});
    app.project<balances>();
    CHECK(has(sentence_of([&] { app.project<balances>(); }), "balances"));
    CHECK(has(sentence_of([&] { app.project<owners, balances>("both"); }), "balances"));
    CHECK(has(sentence_of([&] { app.project<owners, hanging>(); }), "need a name"));
    CHECK(has(sentence_of([&] { (void)app.read<owners>(); }), "app.project"));
    CHECK(has(sentence_of([&] { (void)app.read<balances>(acta::position{0}); }), "start()"));
    CHECK(has(sentence_of([&] { app.load_plugin(dir / "none.so"); }), "none.so"));
    app.start();
    CHECK(has(sentence_of([&] { app.project<owners>(); }), "before start()"));
    CHECK(has(sentence_of([&] { app.start(); }), "before start()"));
    CHECK(app.wait_for<balances>(acta::position{5}).ended == acta::waited::how::timed_out);
    CHECK_FALSE(sentence_of([&] { (void)app.read<balances>(acta::position{5}); }).empty());
}
