// One failure, one victim: what hangs or throws in an application disturbs nobody else.
#include "support_application.hpp"

using namespace bank;

namespace {

/// Opens the gate of `hanging` at the end, however that comes.
struct shut_gate {
    shut_gate() { hanging::shut = true; }
    ~shut_gate() { hanging::shut = false; }
};

}  // namespace

TEST_CASE("a projection that hangs holds up no append and no other wait, and is named at the end") {
    const tests::folder dir;
    {
        const shut_gate gate;
        acta::application app(dir / "bank.acta", {.pool = acta::workers({.threads = 1, .patience = 20ms})});
        app.handle<account_commands>().project<hanging>().project<balances>().start();
        REQUIRE(app.send(open_account{"ada", "Ada"}));
        REQUIRE(eventually([&] { return app.status().lanes[0].working_for > 20ms; }));
        for (int i = 1; i <= 20; ++i) CHECK(app.read<balances>(app.send(deposit{"ada", 1}))->rows.find("ada")->cents == i);
        CHECK(app.wait_for<hanging>(app.log().head(), 20ms).ended == acta::waited::how::timed_out);
        CHECK(app.stop(300ms) == std::vector<std::string>{"hanging"});
        CHECK(app.send(deposit{"ada", 1}));
    }
    std::this_thread::sleep_for(50ms);  // what was left behind ends
}

TEST_CASE("an event that fails is parked for its projection and stream alone, and told") {
    const tests::folder dir;
    acta::application_options how;
    how.projections.run.attempts = 2;
    how.projections.run.back_off = 1ms;
    acta::application app(dir / "bank.acta", how);
    app.handle<account_commands>().project<superstitious>().project<balances>();
    notebook letters, failures;
    const auto parked = app.on_dead_letter([&](const acta::dead_letter& letter) {
        letters.add(letter.projection + " " + letter.stream + " " + std::to_string(letter.version) + " " + letter.error);
    });
    const auto failed = app.on_failed([&](const acta::failure_report& about) { failures.add(about.name + ": " + about.why); });
    app.start();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    REQUIRE(app.send(open_account{"bob", "Bob"}));
    const acta::outcome bad = app.send(deposit{"ada", 13});
    const acta::outcome good = app.send(deposit{"bob", 14});
    CHECK(app.read<balances>(bad)->rows.find("ada")->cents == 13);
    CHECK(app.wait_for<superstitious>(bad).ended == acta::waited::how::parked);
    CHECK(app.read<superstitious>(good)->rows.find("bob")->cents == 14);
    CHECK(has(sentence_of([&] { (void)app.read<superstitious>(bad); }), "dead letter"));
    CHECK(eventually([&] { return letters.has("superstitious account-ada 2") && letters.has("not thirteen"); }));
    CHECK(eventually([&] { return failures.has("superstitious: ") && failures.has("not thirteen"); }));
    CHECK(app.status().lanes[0].model.dead_letters == 1);
}

TEST_CASE("a read model that cannot be written disturbs its own projection alone") {
    const tests::folder dir;
    std::filesystem::create_directories(dir / "bank.acta.models/superstitious.db");  // where a file should be
    notebook failures;
    acta::application app(dir / "bank.acta", {.patience = 50ms});
    app.handle<account_commands>().project<superstitious>().project<balances>();
    const auto failed = app.on_failed([&](const acta::failure_report& about) { failures.add(about.name + ": " + about.why); });
    app.start();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    const acta::outcome done = app.send(deposit{"ada", 1});
    CHECK(app.read<balances>(done)->rows.find("ada")->cents == 1);
    CHECK(eventually([&] { return failures.has("superstitious: ") && failures.has("superstitious.db"); }));
    const acta::waited ended = app.wait_for<superstitious>(done);
    CHECK_FALSE(ended);
    CHECK(has(ended.why, "superstitious.db"));
    CHECK(app.stop().empty());
}

TEST_CASE("slots hear of heads, progress and each other's exceptions, and hold up nobody") {
    const tests::folder dir;
    std::atomic<bool> shut{true};
    std::atomic<acta::position> head{0}, reached{0};
    notebook failures;
    acta::application app(dir / "bank.acta", {.pool = acta::workers({.threads = 1, .patience = 20ms})});
    app.handle<account_commands>().project<balances>();
    const auto throwing = app.on_appended([](acta::position) { throw std::runtime_error("no bell"); });
    const auto bell = app.on_appended([&](acta::position now) { head = now; });
    const auto moving = app.on_progress([&](const acta::projection_progress& about) {
        if (about.name == "balances") reached = about.reached.position;
    });
    const auto failed = app.on_failed([&](const acta::failure_report& about) { failures.add(about.name + ": " + about.why); });
    app.start();
    REQUIRE(app.send(open_account{"ada", "Ada"}));
    CHECK(eventually([&] { return head == 1 && reached == 1; }));
    CHECK(eventually([&] { return failures.has("on_appended: a slot of on_appended threw: no bell"); }));
    {
        const auto slow = app.on_appended([&](acta::position) {
            while (shut) std::this_thread::sleep_for(1ms);
        });
        for (int i = 1; i <= 5; ++i) CHECK(app.read<balances>(app.send(deposit{"ada", 1}))->rows.find("ada")->cents == i);
        CHECK(app.stop(300ms) == std::vector<std::string>{"the slots"});
        shut = false;
        std::this_thread::sleep_for(30ms);
    }
}

TEST_CASE("events that others append are noticed") {
    const tests::folder dir;
    acta::application app(dir / "bank.acta");
    app.project<balances>().start();
    REQUIRE(app.log().append(acta::stream_name("account-ada"), acta::any, {deposited{5}}));
    CHECK(app.read<balances>(acta::position{1})->rows.find("ada")->cents == 5);
}

TEST_CASE("applications share a pool, and each ends by itself") {
    const tests::folder dir;
    const acta::workers pool({.threads = 2});
    std::vector<std::unique_ptr<acta::application>> tenants;
    for (int i = 0; i < 5; ++i) {
        auto& app = tenants.emplace_back(
            std::make_unique<acta::application>(dir / (std::to_string(i) + ".acta"), acta::application_options{.pool = pool}));
        app->handle<account_commands>().project<balances>().start();
        REQUIRE(app->send(open_account{"ada", "Ada"}));
    }
    for (int round = 1; round <= 5; ++round)
        for (const auto& app : tenants) CHECK(app->read<balances>(app->send(deposit{"ada", 1}))->rows.find("ada")->cents == round);
    CHECK(pool.threads() == 2);
    tenants.resize(1);
    CHECK(tenants[0]->read<balances>(tenants[0]->send(deposit{"ada", 1}))->rows.find("ada")->cents == 6);
}

TEST_CASE("commands and reads from many threads see their own writes") {
    const tests::folder dir;
    acta::application app(dir / "bank.acta");
    app.handle<account_commands>().project<balances>().start();
    std::vector<std::thread> tellers;
    for (int t = 0; t < 4; ++t)
        tellers.emplace_back([&, id = "account" + std::to_string(t)] {
            CHECK(app.send(open_account{id, "Somebody"}));
            for (int i = 1; i <= 20; ++i) CHECK(app.read<balances>(app.send(deposit{id, 1}))->rows.find(id)->cents == i);
        });
    for (std::thread& each : tellers) each.join();
    CHECK(app.stop().empty());
}
