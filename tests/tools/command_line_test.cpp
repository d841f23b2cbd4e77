// The words of the command line: verbs, options, help and the sentences for mistakes in them.
#include "running.hpp"

#include <doctest/doctest.h>

using namespace acta::testing_the_command;

namespace {

const words all_verbs{"info", "events", "streams", "replay", "projections", "dead-letters", "help"};

bool mentions(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A usage mistake: nothing on standard output, one sentence that holds `part`, exit code 2.
void check_usage(const words& given, std::string_view part) {
    const ended result = run(given);
    CAPTURE(result.err);
    CHECK(result.code == 2);
    CHECK(result.out.empty());
    CHECK(result.said_one_sentence());
    CHECK(mentions(result.err, part));
}

}  // namespace

TEST_CASE("--help lists every verb, every exit code and the version of the JSON envelope") {
    for (const words& given : {words{"--help"}, words{"-h"}, words{"help"}}) {
        const ended result = run(given);
        CHECK(result.code == 0);
        CHECK(result.err.empty());
        for (const std::string& verb : all_verbs) CHECK(mentions(result.out, "\n  " + verb + " "));
        for (const char* code : {"0", "1", "2", "3", "4", "5", "6", "7"}) CHECK(mentions(result.out, std::string("\n  ") + code + "  "));
        CHECK(mentions(result.out, R"({"acta":1,"kind":...})"));
        CHECK(mentions(result.out, "NO_COLOR"));
    }
}

TEST_CASE("help VERB and VERB --help say the same, and name the options") {
    for (const std::string& verb : all_verbs) {
        if (verb == "help") continue;
        const ended one = run({"help", verb}), other = run({verb, "--help"});
        CHECK(one.code == 0);
        CHECK(one.err.empty());
        CHECK(one.out == other.out);
        CHECK(mentions(one.out, "acta " + verb));
        CHECK(mentions(one.out, "--json"));
        CHECK(mentions(one.out, "kind \""));
    }
    const std::string events = run({"help", "events"}).out;
    for (const char* option : {"--stream", "--type", "--from", "--to", "--limit", "--backward"}) CHECK(mentions(events, option));
    CHECK(run({"events", "no-such-store", "--help"}).code == 0);
}

TEST_CASE("--version is one line, with --json one object") {
    const ended plain = run({"--version"});
    CHECK(plain.code == 0);
    CHECK(plain.out.starts_with("acta "));
    CHECK(plain.lines().size() == 1);
    const auto json = run({"--version", "--json"}).json_lines();
    REQUIRE(json.size() == 1);
    CHECK(json[0]["acta"] == 1);
    CHECK(json[0]["kind"] == "version");
    CHECK("acta " + json[0]["version"].get<std::string>() == plain.lines()[0]);
}

TEST_CASE("a mistyped verb gets a suggestion, a hopeless one the list") {
    check_usage({"evnts", "a.acta"}, "did you mean \"events\"?");
    check_usage({"stream", "a.acta"}, "did you mean \"streams\"?");
    check_usage({"repaly"}, "did you mean \"replay\"?");
    check_usage({"INFO"}, "the verbs are info, events, streams, layout, verify, replay, projections, dead-letters, help");
    check_usage({"bank.acta"}, "the verbs are info, events, streams, layout, verify, replay, projections, dead-letters, help");
    check_usage({"help", "inof"}, "did you mean \"info\"?");
    check_usage({""}, "there is no verb \"\"");
}

TEST_CASE("mistakes in options and arguments are named in one sentence") {
    check_usage({}, "a verb is missing: info, events, streams, layout, verify, replay, projections, dead-letters, help");
    check_usage({"--json"}, "a verb is missing");
    check_usage({"--bogus"}, "there is no option --bogus");
    check_usage({"--versoin"}, "did you mean \"--version\"?");
    check_usage({"info"}, "STORE is required");
    check_usage({"info", "a.acta", "b.acta"}, "\"b.acta\" is one word too many");
    check_usage({"info", "a.acta", "events", "b.acta"}, "is one word too many");
    check_usage({"events", "a.acta", "--limt", "3"}, "did you mean \"--limit\"?");
    check_usage({"events", "a.acta", "--limt=3"}, "there is no option --limt;");
    check_usage({"events", "a.acta", "--limit"}, "--limit");
    for (const char* number : {"0", "-1", "abc", "1x", "", "9223372036854775808", " 1", "1.5"})
        for (const char* option : {"--limit", "--from", "--to"})
            check_usage({"events", "a.acta", std::string(option) + "=" + number}, option);
    check_usage({"events", "a.acta", "--from", "9", "--to", "3"}, "--from 9 lies behind --to 3");
    check_usage({"replay", "a.acta", "--into", "b.db"}, "--plugin is required");
    check_usage({"replay", "a.acta", "--plugin", "b.so"}, "--into is required");
    check_usage({"help", "info", "events"}, "help takes one verb");
}

TEST_CASE("a store may be named like a verb, and stand behind --") {
    const folder in;
    for (const char* name : {"events", "help", "--json"}) make_store(in.path(name));
    const ended result =
        run_shell("cd '" + in.root().string() + "' && $acta info events && $acta info help && $acta info --json -- --json");
    CAPTURE(result.err);
    CHECK(result.code == 0);
    CHECK(result.lines().back().starts_with(R"({"acta":1,"kind":"info")"));
}

TEST_CASE("a stream or category that nobody could have stored is a usage mistake") {
    for (const char* name : {"", "nohyphen", "-x", "x-", "bell-\x07", "bad-\xff"})
        check_usage({"events", "a.acta", "--stream", name}, "stream name");
    check_usage({"events", "a.acta", "--stream", std::string("long-") + std::string(10'000, 'x')}, "longer than 255 bytes");
    check_usage({"streams", "a.acta", "--category", ""}, "--category");
    check_usage({"streams", "a.acta", "--category", "a-b"}, "--category");
    check_usage({"streams", "a.acta", "--category", "\x1b[31m"}, "--category");
}

TEST_CASE("control characters of the command line itself do not reach the terminal") {
    for (const words& given :
         {words{"\x1b[31mred"}, words{"info", "\x1b]0;title\x07"}, words{"events", "a", "--\x1b[2J"}, words{"info", "a\nb"}}) {
        const ended result = run(given);
        CHECK(result.code != 0);
        CHECK(result.said_one_sentence());
    }
}
