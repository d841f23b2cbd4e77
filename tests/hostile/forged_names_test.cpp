// Names, layouts and texts of a forged store: no rule is broken unseen, no size is believed, and no control character reaches a terminal.
#include <acta/event/json.hpp>
#include <acta/event/layout.hpp>

#include "forging.hpp"
#include "running.hpp"

#include <doctest/doctest.h>
#include <event/text.hpp>

#include <set>

using namespace acta;
using namespace tests;
namespace command = acta::testing_the_command;

namespace {

const std::string escapes = "red \x1b[31m bell \x07 del \x7f c1 \xc2\x9b"
                            "31m title \x1b]0;x\x07 back\x08 return\r line\n turn \xe2\x80\xae";

const std::string bad_texts[] = {
    escapes,
    "\x1b[2J",
    std::string("nul\0nul", 7),
    "not utf-8 \xff\xfe",
    "cut short \xe2\x82",
    "too long a form \xc0\xaf",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    std::string(100'000, 'x'),
    "\n",
    "\xc2\x85",
};

/// A store that is made once and put back each time.
struct stand {
    folder here;
    std::filesystem::path store = here / "bank.acta";
    written good = tests::make_store(store);
    files whole = files_of(store);
    void put_back() const { put_files(store, whole); }
};

void check_no_control_character(const std::string& text) {
    CHECK_FALSE(command::has_control_characters(text));
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    CHECK(text.find('\xff') == std::string::npos);
}

/// Every verb that reads a store, as text and as JSON: answers the exit codes that there were.
std::set<int> run_every_verb(const std::filesystem::path& store) {
    const std::string file = store.string();
    const command::words verbs[] = {{"info", file},
                                    {"events", file},
                                    {"events", file, "--backward"},
                                    {"streams", file},
                                    {"layout", "list", file},
                                    {"verify", file},
                                    {"projections", "status", file},
                                    {"dead-letters", "list", file},
                                    {"events", file, "--stream", "account-0"},
                                    {"events", file, "--type", escapes},
                                    {"streams", file, "--category", escapes},
                                    {"events", file, "--stream", escapes},
                                    {"events", file, "--from", escapes}};
    std::set<int> codes;
    for (const command::words& verb : verbs)
        for (const bool json : {false, true}) {
            command::words given{verb};
            if (json) given.emplace_back("--json");
            const command::ended result = command::run(given);
            CAPTURE(given);
            CAPTURE(result.err);
            check_no_control_character(result.out);
            check_no_control_character(result.err);
            CHECK((result.code == 0 || result.said_one_sentence()));
            codes.insert(result.code);
        }
    return codes;
}

void check_damaged(const std::filesystem::path& store) {
    const answer said = ask(store, [&] {
        const sqlite_log log(store, {.read_only = true});
        (void)read_all(log);
        (void)log.streams(0, 1'000);
    });
    CHECK(said.refused);
    CHECK(said.code == errc::damaged);
    ask(store, [&] {
        if (sqlite_log(store, {.read_only = true}).verify().sound()) throw std::runtime_error("verify finds it sound");
    });
}

}  // namespace

TEST_CASE("a stream whose name breaks the rules under a right checksum is damage, and shows nobody a control character") {
    const stand in;
    for (const std::string& text : bad_texts)
        for (const std::string& name : {text, "account-" + text, text + "-1"}) {
            if (name.size() < 256 && detail::printable_utf8(name) && name.find('-') != std::string::npos) continue;
            const std::string begin = name.substr(0, 60);
            CAPTURE(begin);
            in.put_back();
            {
                forger by(in.store);
                by.add_entry(by.next(by.add_stream(name)), forged_entry{.events = {forged_event(3, 0, {}, {std::byte{10}})}}.body());
            }
            check_damaged(in.store);
        }
    CHECK(run_every_verb(in.store).contains(5));
}

TEST_CASE("a tag that breaks the rules under a right checksum is damage, and shows nobody a control character") {
    const stand in;
    for (const std::string& text : bad_texts) {
        in.put_back();
        {
            forger by(in.store);
            const std::int64_t tag = by.add_tag("month:" + text);
            const auto where = by.next(1);
            by.add_entry(where, forged_entry{.events = {forged_event(3, 1, joined({varint(1), varint(static_cast<std::uint64_t>(tag))}),
                                                                     {std::byte{10}})}}
                                    .body());
            by.add_entry_tag(tag, where.last_position);
        }
        check_damaged(in.store);
    }
    in.put_back();
    {
        forger by(in.store);
        const std::int64_t tag = by.add_tag(escapes);
        const auto where = by.next(1);
        by.add_entry(where, forged_entry{.events = {forged_event(3, 1, joined({varint(1), varint(static_cast<std::uint64_t>(tag))}),
                                                                 {std::byte{10}})}}
                                .body());
        by.add_entry_tag(tag, where.last_position);
    }
    CHECK(run_every_verb(in.store).contains(5));
}

TEST_CASE("an event type whose name breaks the rules under a right checksum is damage, and shows nobody a control character") {
    const stand in;
    for (const std::string& text : bad_texts) {
        in.put_back();
        forger(in.store).add_type("account." + text, 1, R"({"struct":[]})");
        const answer said = ask(in.store, [&] { const sqlite_log log(in.store, {.read_only = true}); });
        CHECK(said.code == errc::damaged);
    }
    in.put_back();
    forger(in.store).add_type(escapes, 1, R"({"struct":[]})");
    CHECK(run_every_verb(in.store) == std::set<int>{2, 5});
}

TEST_CASE("texts that may hold anything show nobody a control character") {
    const folder here;
    const auto store = here / "bank.acta";
    {
        sqlite_log log(store);
        REQUIRE(log.append(account("0"), any, {opened{escapes + "\xff"} | with("reason", escapes), opened{std::string(300'000, '\x1b')}},
                           metadata().with_actor(escapes).with("note", escapes)));
    }
    {
        forger by(store);
        const bytes key = joined({sized(escapes), sized("value")}), own = joined({{std::byte{9}}, varint(key.size()), key});
        by.add_entry(by.next(1),
                     forged_entry{.shared = joined({varint(own.size()), own}), .events = {forged_event(1, 0, {}, sized("Ada"))}}.body());
    }
    CHECK(run_every_verb(store) == std::set<int>{0, 2, 3});
}

TEST_CASE("a layout of any size, depth or content is refused in a sentence or shown as JSON") {
    const stand in;
    const auto nested = [](std::size_t depth, const std::string& begin, const std::string& end) {
        std::string out = R"({"struct":[{"name":"a","type":)";
        for (std::size_t i = 0; i < depth; ++i) out += begin;
        out += "\"u8\"";
        for (std::size_t i = 0; i < depth; ++i) out += end;
        return out + "}]}";
    };
    std::string wide = R"({"struct":[)";
    for (int i = 0; i < 40'000; ++i) wide += (i > 0 ? "," : "") + (R"({"name":"f)" + std::to_string(i) + R"(","type":"u8"})");
    wide += "]}";
    const std::string bad[] = {"",
                               "null",
                               "[]",
                               "{",
                               escapes,
                               R"({"struct":[{"name":"a","type":"no such type"}]})",
                               R"({"struct":[{"name":"a","type":"u8"},{"name":"a","type":"u8"}]})",
                               R"({"struct":[{"name":")" + escapes + R"(","type":"u8"}]})",
                               R"({"struct": []})",
                               R"({"struct":[],"struct":[]})",
                               R"({"struct":[{"name":"a","type":{"array":"u8","size":-1}}]})",
                               R"({"struct":[{"name":"a","type":{"array":"u8","size":1e9}}]})",
                               R"({"struct":[{"name":"a","type":{"list":{"struct":[]}}}]})",
                               R"({"struct":[{"name":"a","type":{"enum":"f64"}}]})",
                               R"({"struct":[{"name":"a","type":{"time":"i64","tick":[0,0]}}]})",
                               R"({"struct":[{"name":"a","type":{"variant":[]}}]})",
                               nested(33, R"({"list":)", "}"),
                               nested(10'000, R"({"optional":)", "}"),
                               nested(100'000, "[", "]"),
                               std::string(200'000, '['),
                               std::string(2 << 20, ' '),
                               R"({"struct":[{"name":")" + std::string(2 << 20, 'x') + R"(","type":"u8"}]})"};
    const std::string fine[] = {"\"u8\"", R"({"struct":[{"name":"a","type":{"array":"u8","size":18446744073709551615}}]})",
                                nested(20, R"({"list":)", "}"), wide,
                                R"({"struct":[{"name":"a","type":{"array":"u8","size":1000000000}}]})"};
    const auto put = [&](const std::string& layout) {
        in.put_back();
        forger by(in.store);
        const auto type = static_cast<std::uint64_t>(by.add_type("account.forged", 1, layout));
        by.add_entry(by.next(1), forged_entry{.events = {forged_event(type, 0, {}, {std::byte{0}})}}.body());
    };
    for (const std::string& layout : bad) {
        const std::string begin = layout.substr(0, 80);
        CAPTURE(begin);
        put(layout);
        ask(in.store, [&] {
            const sqlite_log log(in.store, {.read_only = true});
            if (log.verify().sound()) throw std::runtime_error("verify finds it sound");
        });
        const contained end = contain([&](const child::voice&) {
            const sqlite_log log(in.store, {.read_only = true});
            try {
                (void)layout::from_text(log.types().back().layout_text);
            } catch (const failure& why) {
                if (detail::printable_utf8(why.what())) return;
            }
            throw std::runtime_error("no sentence");
        });
        CHECK(end.code == 0);
        const command::ended result = command::run({"events", in.store.string()});
        CHECK(result.code == 5);
        CHECK(result.said_one_sentence());
    }
    for (const std::string& layout : fine) {
        put(layout);
        const command::ended result = command::run({"events", in.store.string()});
        CHECK((result.code == 0 || (result.code == 5 && result.said_one_sentence())));
    }
    put(bad[5]);
    CHECK(run_every_verb(in.store).contains(5));
}
