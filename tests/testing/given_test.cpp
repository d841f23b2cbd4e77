#include <acta/event/codec.hpp>
#include <acta/testing/given.hpp>

#include "write/bank.hpp"

#include <doctest/doctest.h>

using namespace bank;
using acta::testing::given;

namespace {

struct moved {
    static constexpr acta::event_type event{"account.moved", 1};
    std::string from;
    std::string to;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("from", from));  // `to` is forgotten
    }
    std::vector<acta::tag> tags() const { return {acta::tag("place", to)}; }
};
struct home {
    static constexpr acta::category category{"home"};
    using events = acta::events<moved>;
    std::string place{};
    void evolve(const moved& e) { place = e.to; }
};
struct move {
    static constexpr acta::command_type command{"home.move"};
    std::string id;
    std::string to;
};
struct home_commands {
    using aggregate = home;
    using commands = acta::commands<move>;
    using creates_if_absent = acta::commands<move>;
    static const std::string& id(const auto& command) { return command.id; }
    static acta::decision<moved> decide(const home& h, const move& c) { return moved{h.place, c.to} | acta::tagged("by", "land"); }
};

/// Says what its context said.
struct telling_commands {
    using aggregate = account;
    using commands = acta::commands<note>;
    std::string greeting;
    static const std::string& id(const auto& command) { return command.account_id; }
    acta::decision<noted> decide(const account&, const note&, const acta::context& about) const {
        return noted{greeting + ' ' + std::to_string(about.now().time_since_epoch().count()) + ' ' + about.command_id().text() + ' ' +
                     about.actor() + ' ' + about.stream().text() + ' ' + std::to_string(about.version()) + ' ' + about.new_id()};
    }
};

}  // namespace

ACTA_CODECS(account_events);
template const acta::event_codec& acta::codec_of<moved>();

SCENARIO("money can be withdrawn only from what was deposited") {
    given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", 200}).then_refused(account_commands::insufficient_funds);
    given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", 20}).then(withdrawn{20});
}

SCENARIO("several events are expected in their order, with what is recorded beside them") {
    given<account_commands>(opened{"Ada"}, deposited{100})
        .when(withdraw{"ada", 100})
        .then(withdrawn{100}, noted{"emptied"})
        .then(withdrawn{100}, noted{"emptied"} | acta::with("reason", "all taken"));
}

SCENARIO("the state after the decision can be looked at") {
    given<account_commands>(opened{"Ada"}, deposited{100})
        .when(withdraw{"ada", 30})
        .then_state([](const account& a) { CHECK(a.balance == 70); })
        .then(withdrawn{30});
    given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", 300}).then_state([](const account& a) {
        CHECK(a.balance == 100);
    });
}

SCENARIO("a stream without events is new") {
    given<account_commands>().when(open_account{"ada", "Ada"}).then(opened{"Ada"});
    given<account_commands>().when(withdraw{"ada", 1}).then_refused(acta::does_not_exist);
    given<account_commands>(opened{"Ada"}).when(open_account{"ada", "Ada"}).then_refused(acta::already_exists);
}

SCENARIO("validate runs first, and nothing may be decided") {
    given<account_commands>().when(deposit{"ada", 0}).then_refused(account_commands::not_positive);
    given<account_commands>(opened{"Ada"}).when(withdraw{"ada", 0}).then_nothing();
}

SCENARIO("handlers may be configured, and what the context says is given") {
    given<account_commands>(opened{"Ada"}, deposited{100})
        .handled_by(account_commands{.limit = 10})
        .when(withdraw{"ada", 20})
        .then_refused(account_commands::over_the_limit);
    given<telling_commands>(opened{"Ada"})
        .handled_by(telling_commands{"hello"})
        .at(acta::timestamp(std::chrono::microseconds(7)))
        .by("teller-7")
        .with_command_id("request-7")
        .with_new_ids({"id-1"})
        .when(note{"ada", ""})
        .then(noted{"hello 7 request-7 teller-7 account-ada 1 id-1"});
}

SCENARIO("a field that serialize forgets is missing in the history") {
    given<home_commands>(moved{"Rome", "Oslo"}).when(move{"ada", "Bonn"}).then(moved{"", "Bonn"});
}

SCENARIO("tags are expected where they are written") {
    given<home_commands>().when(move{"ada", "Bonn"}).then(moved{"", "Bonn"});
    given<home_commands>().when(move{"ada", "Bonn"}).then(moved{"", "Bonn"} | acta::tagged("by", "land"));
}

TEST_CASE("an event is readable on one line, with what is recorded beside it") {
    using acta::testing::readable;
    CHECK(readable(deposited{100}) == R"(account.deposited {"cents":100})");
    CHECK(readable(noted{"a \"b\""} | acta::with("reason", "fee") | acta::tagged("by", "land")) ==
          R"(account.noted {"text":"a \"b\""} | with("reason", "fee") | tagged("by", "land"))");
}
