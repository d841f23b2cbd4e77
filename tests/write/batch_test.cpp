#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "bank.hpp"
#include "meddling_log.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <stdexcept>

using namespace bank;

namespace {

using mixed = std::variant<open_account, deposit, withdraw, note>;

const acta::stream_name ada("account-ada");
const acta::stream_name bob("account-bob");

struct fixture {
    acta::sqlite_log store{":memory:"};
    meddling_log log{store};
    acta::dispatcher dispatch{log, {.retries = 3}};

    fixture() { dispatch.handle<account_commands>(); }
    std::int64_t balance(std::string_view id) { return acta::load<account>(store, id)->state.balance; }
};

/// Accepted ones as "+version", refused ones as their code.
std::string brief(const std::vector<acta::outcome>& all) {
    std::string text;
    for (const acta::outcome& one : all) {
        text += text.empty() ? "" : " ";
        if (one) text += "+" + std::to_string(one.version());
        else text += one.refusal() ? std::string(one.refusal()->code) : one.unknown() ? "unknown" : "conflict";
    }
    return text;
}

/// Gives deposits for ada, and throws instead of the nth.
struct failing_range {
    int throw_at = 0;
    struct iterator {
        using value_type = deposit;
        using difference_type = std::ptrdiff_t;
        int at = 1;
        int throw_at = 0;
        deposit operator*() const {
            if (at == throw_at) throw std::runtime_error("line " + std::to_string(at) + " is no deposit");
            return {"ada", 1};
        }
        iterator& operator++() {
            ++at;
            return *this;
        }
        void operator++(int) { ++at; }
        bool operator==(std::default_sentinel_t) const { return at > 1'000; }
    };
    iterator begin() const { return {1, throw_at}; }
    std::default_sentinel_t end() const { return {}; }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "commands are decided in order, each on what those before it leave, in one transaction") {
    const std::vector<mixed> all{open_account{"ada", "Ada"}, deposit{"ada", 100}, open_account{"bob", "Bob"},
                                 withdraw{"ada", 30},        deposit{"bob", 5},   note{"eve", "made when absent"},
                                 withdraw{"ada", 70}};
    const auto outcomes = dispatch.send_all(all);
    CHECK(brief(outcomes) == "+1 +2 +1 +3 +2 +1 +5");
    CHECK(log.appends == 1);
    CHECK(log.requests == 7);
    CHECK(store.head() == 8);
    CHECK(balance("ada") == 0);
    CHECK(balance("bob") == 5);
    CHECK(outcomes[3].stream() == ada);
    CHECK(outcomes[3].position() == 4);
    CHECK(outcomes[6].position() == 8);
}

TEST_CASE_FIXTURE(fixture, "a refusal hurts itself alone") {
    const std::vector<mixed> all{withdraw{"ada", 1}, open_account{"ada", ""},    open_account{"ada", "Ada"},
                                 deposit{"ada", 0},  deposit{"ada", 100},        withdraw{"ada", 200},
                                 withdraw{"ada", 0}, open_account{"ada", "Ada"}, withdraw{"ada", 100}};
    const auto outcomes = dispatch.send_all(all);
    CHECK(brief(outcomes) == "acta.does_not_exist account.no_owner +1 account.not_positive +2 account.insufficient_funds +2 "
                             "acta.already_exists +4");
    CHECK(store.head() == 4);
    CHECK(outcomes[0].position() == 0);
    CHECK(outcomes[3].stream().text().empty());
    CHECK(outcomes[5].position() == 2);
    CHECK(outcomes[5].version() == 2);
    CHECK(outcomes[6].position() == 2);
}

TEST_CASE_FIXTURE(fixture, "a stream is made once, whether it is kept, stored or only decided") {
    REQUIRE(store.append(ada, acta::none, {opened{"Ada"}}));
    const std::vector<mixed> all{open_account{"ada", ""},    open_account{"bob", ""},    open_account{"bob", "Bob"},
                                 open_account{"eve", "Eve"}, open_account{"eve", "Eve"}, deposit{"eve", 1},
                                 deposit{"bob", 1}};
    CHECK(brief(dispatch.send_all(all)) == "acta.already_exists account.no_owner +1 +1 acta.already_exists +2 +2");
    CHECK(log.appends == 1);
}

TEST_CASE_FIXTURE(fixture, "each chunk is one transaction, and states last from one to the next and to the next call") {
    std::vector<deposit> all(25, deposit{"ada", 2});
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));
    log.appends = 0;
    CHECK(dispatch.send_all(all, {.chunk = 10}).size() == 25);
    CHECK(log.appends == 3);
    CHECK(balance("ada") == 50);
    CHECK(brief(dispatch.send_all(std::vector<withdraw>{{"ada", 50}, {"ada", 1}})) == "+28 account.insufficient_funds");
}

TEST_CASE_FIXTURE(fixture, "outcomes are handed over in order once their chunk is stored, with the command if it is wanted") {
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));
    log.appends = 0;
    std::vector<std::int64_t> seen;
    std::vector<int> appends;
    dispatch.send_all(std::vector<deposit>{{"ada", 1}, {"ada", -2}, {"ada", 3}},
                      [&](const deposit& command, const acta::outcome& done) {
                          seen.push_back(done ? command.cents : -command.cents);
                          appends.push_back(log.appends);
                      },
                      {.chunk = 2});
    CHECK(seen == std::vector<std::int64_t>{1, 2, 3});
    CHECK(appends == std::vector<int>{1, 1, 2});
}

TEST_CASE_FIXTURE(fixture, "more streams than are kept are loaded again") {
    acta::dispatcher small(log, {.cache = 2});
    small.handle<account_commands>();
    std::vector<mixed> all;
    for (int i = 0; i < 7; ++i) all.emplace_back(open_account{"a" + std::to_string(i), "x"});
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 7; ++i) all.emplace_back(deposit{"a" + std::to_string(i), i + 1});
    for (const acta::outcome& done : small.send_all(all, {.chunk = 3})) CHECK(done);
    for (int i = 0; i < 7; ++i) CHECK(balance("a" + std::to_string(i)) == 3 * (i + 1));
}

TEST_CASE_FIXTURE(fixture, "where others were faster a stream's commands are decided again, in order, in the next transaction") {
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));
    REQUIRE(dispatch.send(open_account{"bob", "Bob"}));
    REQUIRE(brief(dispatch.send_all(std::vector<deposit>{{"ada", 100}, {"bob", 100}})) == "+2 +2");
    log.appends = 0;
    log.requests = 0;
    log.before_append = [&](int append) {
        if (append == 1) REQUIRE(store.append(ada, acta::exactly(2), {withdrawn{60}}));
    };
    // Refused at first: 30 of 100 taken leaves 70. Then: 40 are there, so 30 go, 60 do not, and 11 do not either.
    const std::vector<mixed> all{withdraw{"ada", 30}, withdraw{"bob", 10}, withdraw{"ada", 60},
                                 withdraw{"bob", 20}, withdraw{"ada", 11}, withdraw{"ada", 10}};
    const auto outcomes = dispatch.send_all(all);
    CHECK(brief(outcomes) == "+4 +3 account.insufficient_funds +4 account.insufficient_funds +6");
    CHECK(log.appends == 2);
    CHECK(log.requests == 5 + 2);
    CHECK(balance("ada") == 0);
    CHECK(balance("bob") == 70);
    CHECK(outcomes[2].position() == outcomes[0].position());
}

TEST_CASE_FIXTURE(fixture, "a refusal that was decided on what never came to be is decided again") {
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));
    REQUIRE(brief(dispatch.send_all(std::vector<deposit>{{"ada", 100}})) == "+2");
    log.before_append = [&](int append) {
        if (append == 3) REQUIRE(store.append(ada, acta::exactly(2), {deposited{1'000}}));
    };
    const auto outcomes = dispatch.send_all(std::vector<withdraw>{{"ada", 100}, {"ada", 500}});
    CHECK(outcomes[0]);
    CHECK(outcomes[1]);
    CHECK(balance("ada") == 500);
}

TEST_CASE_FIXTURE(fixture, "a stream that others made first is found out by the append") {
    log.before_append = [&](int append) {
        if (append == 1) REQUIRE(store.append(ada, acta::none, {opened{"Somebody else"}, deposited{5}}));
    };
    const auto outcomes = dispatch.send_all(
        std::vector<mixed>{open_account{"ada", "Ada"}, deposit{"ada", 1}, withdraw{"ada", 6}, open_account{"bob", "Bob"}});
    CHECK(brief(outcomes) == "acta.already_exists +3 +5 +1");
    CHECK(acta::load<account>(store, "ada")->state.owner == "Somebody else");
}

TEST_CASE_FIXTURE(fixture, "retries are limited, and then every command of the stream is answered with the conflict") {
    REQUIRE(store.append(ada, acta::none, {opened{"Ada"}, deposited{100}}));
    log.before_append = [&](int) { REQUIRE(store.append(ada, acta::any, {deposited{1}})); };
    const auto outcomes = dispatch.send_all(std::vector<mixed>{withdraw{"ada", 1}, open_account{"bob", "Bob"}, withdraw{"ada", 100'000}});
    CHECK(brief(outcomes) == "conflict +1 conflict");
    CHECK(log.appends == 4);
    REQUIRE(outcomes[0].conflict());
    CHECK(outcomes[0].conflict()->expected == acta::exactly(5));
    CHECK(outcomes[0].conflict()->actual == 6);
    CHECK(outcomes[2].conflict()->stream == ada);

    log.before_append = [](int) {};
    CHECK(brief(dispatch.send_all(std::vector<withdraw>{{"ada", 104}})) == "+8");
}

TEST_CASE_FIXTURE(fixture, "the context is the same when a command is decided again") {
    REQUIRE(store.append(ada, acta::none, {opened{"Ada"}}));
    log.before_append = [&](int append) {
        if (append == 1) REQUIRE(store.append(ada, acta::any, {deposited{1}}));
    };
    CHECK(brief(dispatch.send_all(std::vector<note>{{"ada", "ids"}, {"ada", "done"}}, {.each = {.actor = "importer"}})) == "+5 +6");
    const std::string notes = acta::load<account>(store, "ada")->state.notes;
    CHECK(notes.starts_with("ids by importer at version 2"));
    CHECK(notes.ends_with("done by importer at version 5"));
}

TEST_CASE_FIXTURE(fixture, "what others wrote between two calls is known in the next") {
    REQUIRE(brief(dispatch.send_all(std::vector<mixed>{open_account{"ada", "Ada"}, deposit{"ada", 10}})) == "+1 +2");
    REQUIRE(store.append(ada, acta::exactly(2), {withdrawn{10}}));
    REQUIRE(store.append(acta::stream_name("other-ada"), acta::none, {deposited{1}}));
    log.appends = 0;
    const auto refused = dispatch.send_all(std::vector<withdraw>{{"ada", 5}});
    CHECK(brief(refused) == "account.insufficient_funds");
    CHECK(refused[0].version() == 3);

    REQUIRE(store.append(ada, acta::exactly(3), {deposited{5}}));
    CHECK(brief(dispatch.send_all(std::vector<withdraw>{{"ada", 5}})) == "+6");
    CHECK(log.appends == 1);
}

TEST_CASE_FIXTURE(fixture, "what others wrote during a chunk is known in the next") {
    REQUIRE(brief(dispatch.send_all(std::vector<mixed>{open_account{"ada", "Ada"}, deposit{"ada", 10}, open_account{"bob", "Bob"}})) ==
            "+1 +2 +1");
    log.before_append = [&](int append) {
        if (append == 2) REQUIRE(store.append(ada, acta::exactly(2), {deposited{90}}));
    };
    CHECK(brief(dispatch.send_all(std::vector<mixed>{deposit{"bob", 1}, withdraw{"ada", 50}}, {.chunk = 1})) == "+2 +4");
    CHECK(log.appends == 3);
}

TEST_CASE_FIXTURE(fixture, "when others wrote a great deal, everything kept is loaded again") {
    REQUIRE(brief(dispatch.send_all(std::vector<mixed>{open_account{"ada", "Ada"}, deposit{"ada", 10}})) == "+1 +2");
    REQUIRE(store.append(ada, acta::exactly(2), {deposited{90}}));
    std::vector<acta::new_event> many(11'000, deposited{1});
    REQUIRE(store.append(bob, acta::none, many));
    CHECK(brief(dispatch.send_all(std::vector<withdraw>{{"ada", 50}, {"bob", 5}})) == "+4 +11001");
}

TEST_CASE_FIXTURE(fixture, "a range that throws leaves nothing of the chunk it was filling, and earlier chunks stay") {
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));
    std::size_t answered = 0;
    const auto count = [&](const acta::outcome& done) { answered += done ? 1 : 0; };
    CHECK_THROWS_WITH_AS(dispatch.send_all(failing_range{.throw_at = 26}, count, {.chunk = 10}), "line 26 is no deposit",
                         std::runtime_error);
    CHECK(answered == 20);
    CHECK(balance("ada") == 20);
    CHECK(store.head() == 21);

    dispatch.send_all(failing_range{}, count, {.chunk = 300});
    CHECK(answered == 1'020);
    CHECK(balance("ada") == 1'020);
}

namespace {

struct touchy_commands {
    using aggregate = account;
    using commands = acta::commands<deposit>;
    static const std::string& id(const auto& command) { return command.account_id; }
    static acta::decision<deposited> decide(const account&, const deposit& c) {
        if (c.cents == 13) throw std::runtime_error("thirteen");
        return deposited{c.cents};
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a decide that throws leaves nothing of its chunk, in the store and in the kept states") {
    acta::dispatcher touchy(log);
    touchy.handle<touchy_commands>();
    REQUIRE(store.append(ada, acta::none, {opened{"Ada"}}));
    const std::vector<deposit> all{{"ada", 1}, {"ada", 2}, {"ada", 13}, {"ada", 4}};
    CHECK_THROWS_WITH_AS((void)touchy.send_all(all), "thirteen", std::runtime_error);
    CHECK(store.head() == 1);
    CHECK(brief(touchy.send_all(std::vector<deposit>{{"ada", 5}})) == "+2");
    CHECK(balance("ada") == 5);
}

TEST_CASE_FIXTURE(fixture, "an append that fails leaves nothing of its chunk, in the store and in the kept states") {
    REQUIRE(brief(dispatch.send_all(std::vector<mixed>{open_account{"ada", "Ada"}, deposit{"ada", 10}})) == "+1 +2");
    log.before_append = [](int) { throw acta::failure(acta::errc::disk_full, "no room"); };
    CHECK_THROWS_WITH_AS((void)dispatch.send_all(std::vector<withdraw>{{"ada", 10}}), "no room", acta::failure);
    log.before_append = [](int) {};
    CHECK(brief(dispatch.send_all(std::vector<withdraw>{{"ada", 10}})) == "+4");
}

TEST_CASE_FIXTURE(fixture, "an append whose end nobody knows is answered with unknown for what was in it") {
    REQUIRE(brief(dispatch.send_all(std::vector<mixed>{open_account{"ada", "Ada"}, deposit{"ada", 10}, open_account{"bob", "Bob"}})) ==
            "+1 +2 +1");
    log.before_append = [](int append) {
        if (append == 2) throw acta::failure(acta::errc::unknown_outcome, "the disk went away");
    };
    const std::vector<mixed> all{withdraw{"ada", 99}, withdraw{"bob", 1}, withdraw{"ada", 1},
                                 withdraw{"ada", 99}, deposit{"ada", 0},  deposit{"ada", 1}};
    CHECK(brief(dispatch.send_all(all, {.chunk = 5})) ==
          "account.insufficient_funds account.insufficient_funds unknown unknown account.not_positive +3");
}

TEST_CASE_FIXTURE(fixture, "each command has an id of its own, and what goes with all of them is recorded with each") {
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));
    REQUIRE(brief(dispatch.send_all(std::vector<deposit>{{"ada", 1}, {"ada", 2}}, {.each = {.actor = "importer"}})) == "+2 +3");
    std::vector<acta::metadata> recorded;
    for (const acta::stored_event& event : store.read({.after = 1})) {
        acta::envelope about;
        event.fill(about);
        recorded.push_back(about.metadata);
    }
    REQUIRE(recorded.size() == 2);
    CHECK(recorded[0].actor() == "importer");
    CHECK(recorded[1].actor() == "importer");
    CHECK(recorded[0].correlation()->size() == 36);
    CHECK(recorded[0].causation() == recorded[0].correlation());
    CHECK(recorded[0].correlation() != recorded[1].correlation());
}

namespace {

struct deposits_only {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
    void evolve(const deposited&) {}
};
struct deposit_commands {
    using aggregate = deposits_only;
    using commands = acta::commands<deposit>;
    static auto id(const deposit& command) -> const std::string& { return command.account_id; }
    static acta::decision<deposited> decide(const deposits_only&, const deposit& c) { return deposited{c.cents}; }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a stream that the program cannot read stops the chunk with a sentence") {
    REQUIRE(store.append(bob, acta::none, {opened{"Bob"}}));
    acta::dispatcher other(log);
    other.handle<deposit_commands>();
    CHECK_THROWS_AS((void)other.send_all(std::vector<deposit>{{"bob", 1}}), acta::failure);
    CHECK(store.head() == 1);
}

TEST_CASE_FIXTURE(fixture, "two dispatchers that take turns on the same streams lose nothing") {
    acta::dispatcher other(store);
    other.handle<account_commands>();
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));
    REQUIRE(dispatch.send(open_account{"bob", "Bob"}));
    bool meddling = false;
    log.before_append = [&](int append) {
        if (meddling || append % 3 != 0) return;
        meddling = true;
        for (const acta::outcome& done : other.send_all(std::vector<deposit>{{"ada", 1'000}, {"bob", 1'000}})) REQUIRE(done);
        meddling = false;
    };
    std::vector<deposit> all;
    for (int i = 0; i < 500; ++i) all.push_back({i % 2 ? "ada" : "bob", 1});
    for (const acta::outcome& done : dispatch.send_all(all, {.chunk = 7})) REQUIRE(done);
    CHECK(balance("ada") % 1'000 == 250);
    CHECK(balance("bob") % 1'000 == 250);
    CHECK(balance("ada") > 10'000);
}
