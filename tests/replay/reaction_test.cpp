// Reactions over a runner: from where, how often, with which key, and never by anybody else.
#include <acta/replay/reaction.hpp>
#include <acta/replay/rebuild.hpp>
#include <acta/replay/runner.hpp>

#include "replay/model.hpp"
#include "support_files.hpp"

#include <doctest/doctest.h>

namespace {

struct letters {
    static constexpr acta::reaction_type reaction{"letters"};
    using consumes = acta::events<bank::deposited>;
    using from = acta::categories<"account">;

    std::vector<std::string>* out = nullptr;
    acta::position fails_at = 0;
    void react(const acta::recorded<bank::deposited>& e) {
        if (e.position() == fails_at) throw std::runtime_error("no ink");
        out->push_back(e.stream().id() + " " + std::to_string(e->cents) + " " + acta::idempotency_key(e));
    }
};

/// A runner of a reaction as an application has one.
struct running {
    running(const acta::log& log, const std::filesystem::path& file, letters what, acta::react_from where = acta::react_from::beginning)
        : state(std::make_shared<letters>(what)) {
        acta::detail::begin_reaction(log, file, acta::reaction_abi_of<letters>(), where, acta::clock::system());
        const acta::detail::reacting_scope scope(state);
        run.emplace(log, file, acta::reaction_abi_of<letters>());
    }
    acta::caught_up catch_up() {
        const acta::detail::reacting_scope scope(state);
        const acta::caught_up done = run->catch_up();
        state.committed(done.position);
        return done;
    }
    acta::detail::reaction_state state;
    std::optional<acta::runner> run;
};

}  // namespace

TEST_CASE("a reaction goes on behind its own checkpoint, which only it moves") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::opened{"Ada"}, bank::deposited{1}, bank::deposited{2}});
    std::vector<std::string> out;
    running(log, dir / "letters.db", {&out}).catch_up();
    CHECK(out.size() == 2);
    append(log, "bob", {bank::deposited{3}});
    running(log, dir / "letters.db", {&out}).catch_up();
    REQUIRE(out.size() == 3);
    CHECK(out[2].starts_with("bob 3 "));
}

TEST_CASE("a reaction begins where it is told, once") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::deposited{1}, bank::deposited{2}});
    std::vector<std::string> out;
    running(log, dir / "now.db", {&out}, acta::react_from::now).catch_up();
    CHECK(out.empty());
    append(log, "ada", {bank::deposited{3}});
    running(log, dir / "now.db", {&out}, acta::react_from::now).catch_up();
    CHECK(out.size() == 1);
    running(log, dir / "there.db", {&out}, acta::react_from{1}).catch_up();
    CHECK(out.size() == 3);
    const said why = failure_of([&] { running(log, dir / "beyond.db", {&out}, acta::react_from{4}); });
    CHECK(why.has("'letters'"));
    CHECK(why.has("position 4"));
    CHECK(why.has("ends at 3"));
    CHECK(dir.files() == std::vector<std::string>{"now.db", "there.db"});
}

TEST_CASE("a reaction whose beginning was cut off begins where it is told, not with the whole history") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::deposited{1}, bank::deposited{2}});
    std::vector<std::string> out;
    {
        const acta::detail::model cut_off(dir / "letters.db", acta::detail::access::run, acta::clock::system().now());
        CHECK(failure_of([&] { running(log, dir / "letters.db", {&out}, acta::react_from::now); }).code == acta::errc::busy);
    }
    running(log, dir / "letters.db", {&out}, acta::react_from::now).catch_up();
    CHECK(out.empty());
    append(log, "ada", {bank::deposited{3}});
    running(log, dir / "letters.db", {&out}, acta::react_from::now).catch_up();
    CHECK(out.size() == 1);
}

TEST_CASE("the key of an event is the same each time, and that of another event is another") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::deposited{1}, bank::deposited{1}});
    std::vector<std::string> out, again;
    running(log, dir / "a.db", {&out}).catch_up();
    running(log, dir / "b.db", {&again}).catch_up();
    CHECK(out == again);
    REQUIRE(out.size() == 2);
    CHECK(out[0] != out[1]);
    CHECK(out[0].substr(std::string("ada 1 ").size()).size() == 36);
    CHECK(out[0][std::string("ada 1 ").size() + 14] == '8');
}

TEST_CASE("what was reacted to is not reacted to again when a later event of the batch fails") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::deposited{1}, bank::deposited{2}});
    append(log, "bob", {bank::deposited{3}});
    std::vector<std::string> out;
    running reacting(log, dir / "letters.db", {&out, 2});
    try {
        reacting.catch_up();
    } catch (const acta::failure& why) { CHECK(std::string(why.what()).find("no ink") != std::string::npos); }
    CHECK(std::count_if(out.begin(), out.end(), [](const std::string& text) { return text.starts_with("ada 1 "); }) == 1);
}

TEST_CASE("nobody but its application runs a reaction, and so no rebuild fires it") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::deposited{1}});
    CHECK(failure_of([&] { acta::runner(log, dir / "letters.db", acta::reaction_abi_of<letters>()); }).has("cannot be rebuilt"));
    CHECK(dir.files().empty());
    std::vector<std::string> out;
    running(log, dir / "letters.db", {&out}).catch_up();
    const said why = failure_of([&] {
        acta::rebuild again(log, dir / "letters.db", acta::reaction_abi_of<letters>());
        again.replace();
    });
    CHECK(why.has("cannot be rebuilt"));
    CHECK(out.size() == 1);
    running(log, dir / "letters.db", {&out}).catch_up();
    CHECK(out.size() == 1);
}
